"""How far back one page of a search looks: a bounded number of rows, by an index.

What failed, or has something to say, has indexes of its own where the database can
index some rows only (PostgreSQL, SQLite); searches for that look at no others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connections
from django.db.models import Q, QuerySet

from cronmgmt.actors import Actor
from cronmgmt.models import FAILURES, JobRun, ScheduledJob, database
from cronmgmt.queries.runfilter import RunFilter

SCANNED = 10_000
"""So many of the latest rows at most are looked at for one page."""

APART = 500
"""So many of one job: they are not next to each other, each is another place to read."""

TELLING = 250
"""So many of those that failed, or of which something is said: they lie further apart."""

NEAR = 100
SLACK = timedelta(minutes=5)
"""Ids follow the time of creation as closely as this."""

TOLD = ~Q(reason="")
for _status in FAILURES:
    TOLD |= Q(status=_status)
"""What the partial indexes hold: word for word the condition in the migration."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The rows to be looked at; ``floor`` is the first of them if there are more.

    ``most`` is how many there are at most.
    """

    runs: QuerySet[JobRun]
    floor: int | None
    most: int = 0


def reach(
    runs: QuerySet[JobRun],
    asked: RunFilter,
    before: int | None,
    actor: Actor | None,
    most: int = 0,
) -> Reach:
    """Return where one page looks, or the latest ``most`` rows that can match."""
    job = ScheduledJob.named(asked.job) if asked.job else None
    if job and actor and not actor.finds(job):
        job = None  # How far it is searched must not tell that it is there.
    sees_all = not runs.query.where
    if job:
        runs = runs.filter(job=job)
    elif asked.job:
        runs = runs.filter(job_name=asked.job)  # It was deleted; its runs are there.
    if before is not None:
        runs = runs.filter(id__lt=before)
    if asked.is_unfinished:
        # As many as the backlog is long, whatever the history.
        return Reach(runs.filter(finished_at=None), None)
    is_told = asked.is_told and _has_told_index()
    runs = runs.filter(TOLD) if is_told else runs
    most = most or (TELLING if is_told else APART if job else SCANNED)
    if asked.ended_since and _few_ended(asked.ended_since, most, is_told=is_told):
        return Reach(runs, None)
    if not asked.is_narrow and (job or (sees_all and not asked.job)):
        return Reach(runs, None)
    looked_at = _looked_at(job, before, is_told=is_told)
    return _bounded(runs, looked_at, asked, most)


def _has_told_index() -> bool:
    return connections[database()].features.supports_partial_indexes


def _looked_at(
    job: ScheduledJob | None, before: int | None, *, is_told: bool
) -> QuerySet[JobRun, int]:
    """Return the ids that an index holds in order, latest first, seen or not."""
    rows = JobRun.objects.filter(job=job) if job else JobRun.objects.all()
    rows = rows.filter(TOLD) if is_told else rows
    rows = rows if before is None else rows.filter(id__lt=before)
    return rows.order_by("-id").values_list("id", flat=True)


def _bounded(
    runs: QuerySet[JobRun], ids: QuerySet[JobRun, int], asked: RunFilter, most: int
) -> Reach:
    floor = _nth(ids, most)
    if floor is not None and (asked.since or asked.until):
        bounds = _bounds(asked)
        runs, floor = runs.filter(bounds), _nth(ids.filter(bounds), most)
    return Reach(runs.filter(id__gte=floor) if floor else runs, floor, most)


def _few_ended(since: datetime, most: int, *, is_told: bool) -> bool:
    rows = JobRun.objects.filter(TOLD) if is_told else JobRun.objects.all()
    ended = rows.filter(finished_at__gte=since).order_by("-finished_at")
    # By what the index holds: the rows themselves are not read.
    return not ended.values_list("finished_at")[most - 1 : most]


def _bounds(asked: RunFilter) -> Q:
    """Leave out ids that were given before or after the time asked for.

    Ids grow with time, and the index by end finds some from about that time. The one
    in their middle is taken: single rows may have been brought in from elsewhere.
    """
    seen = JobRun.objects.values_list("id", "created_at")
    bounds = Q()
    if asked.until:
        late = asked.until + SLACK
        after = seen.filter(finished_at__gte=late).order_by("finished_at")[:NEAR]
        ids = [key for key, created in after if created > late]
        bounds &= Q(id__lt=_middle(ids)) if ids else Q()
    if asked.since:
        early = asked.since - SLACK
        earlier = seen.filter(finished_at__lte=early).order_by("-finished_at")[:NEAR]
        ids = [key for key, _created in earlier]
        bounds &= Q(id__gt=_middle(ids)) if ids else Q()
    return bounds


def _middle(ids: list[int]) -> int:
    return sorted(ids)[len(ids) // 2]


def _nth(ids: QuerySet[JobRun, int], place: int) -> int | None:
    """Return the id at that place; None where there are not so many."""
    return next(iter(ids[place - 1 : place]), None)
