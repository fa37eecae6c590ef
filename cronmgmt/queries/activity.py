"""Who did or tried what, at a bounded cost however long the record is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from cronmgmt.actors import Actor, visible_to
from cronmgmt.models import Activity, ScheduledJob

SCANNED = 10_000
"""So many records at most are looked at for one page."""

SLACK = 1000
"""Ids follow the time as closely as this: so many may be written at once."""

VERDICTS: dict[str, dict[str, Any]] = {
    "allowed": {"allowed": True, "failed": False},
    "refused": {"allowed": False},
    "failed": {"failed": True},
    "unusual": {"unusual": True},
}


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """What records are looked for; what is empty does not count.

    ``verdict`` is ``allowed``, ``refused``, ``failed`` or ``unusual``.
    """

    person: str = ""
    job: str = ""
    action: str = ""
    verdict: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ActivityFound:
    """Some records, latest first.

    ``older`` is the id before which to go on, None at the end; ``unsearched`` tells
    that there may be none: only so much was looked at.
    """

    records: list[Activity]
    older: int | None
    unsearched: bool = False


def activity(
    job: ScheduledJob, actor: Actor | None = None, limit: int = 20
) -> list[Activity]:
    """Return the latest attempts to act on a job; none to who may not see them."""
    rows = visible_to(actor, Activity.objects.filter(job_key=job.pk))
    return list(rows.order_by("-id")[:limit])


def find_activity(
    asked: ActivityFilter,
    actor: Actor | None = None,
    before: int | None = None,
    size: int = 50,
) -> ActivityFound:
    """Return a page of the records that match."""
    indexed = _by_index(asked)
    near = Activity.objects.filter(_by_time(asked), **indexed)
    if actor is not None and _is_hidden(asked.job, actor):
        # How far it is searched must not tell that it is there.
        near = near.filter(actor=actor.label, allowed=False)
    if before is not None:
        near = near.filter(id__lt=before)
    conditions = _conditions(asked)
    has_limits = actor is not None and actor.has_limits
    floor = None
    if has_limits or not conditions.keys() <= {*indexed, "at__gte", "at__lte"}:
        # Rows are looked at that are not shown: only so many.
        ids = near.order_by("-id").values_list("id", flat=True)
        floor = next(iter(ids[SCANNED - 1 : SCANNED]), None)
    rows = near.filter(**conditions)
    if floor is not None:
        rows = rows.filter(id__gte=floor)
    found = list(visible_to(actor, rows).order_by("-id")[: size + 1])
    if len(found) > size:
        return ActivityFound(found[:size], found[size - 1].pk)
    return ActivityFound(found, floor, unsearched=floor is not None)


def find_all_activity(
    asked: ActivityFilter, actor: Actor | None = None, size: int = 500
) -> Iterator[list[Activity]]:
    """Yield all that match, latest first, a bounded number at a time."""
    before: int | None = None
    while True:
        found = find_activity(asked, actor, before, size)
        if found.records:
            yield found.records
        if found.older is None:
            return
        before = found.older


def names_of(keys: Iterable[int | None], actor: Actor | None = None) -> dict[int, str]:
    """Return how jobs are called today, by id; those that are gone are left out."""
    rows = ScheduledJob.objects.filter(pk__in={key for key in keys if key})
    return dict(visible_to(actor, rows).values_list("pk", "name"))


def actions_known(actor: Actor | None = None) -> list[str]:
    """Return what was done or tried lately, by its name on record."""
    latest = visible_to(actor, Activity.objects.order_by("-id"))
    return sorted(set(latest.values_list("action", flat=True)[:SLACK]))


def _is_hidden(name: str, actor: Actor) -> bool:
    if not name or not actor.has_limits:
        return False
    job = ScheduledJob.named(name)
    return job is not None and not actor.finds(job)


def _by_index(asked: ActivityFilter) -> dict[str, Any]:
    """Return the one condition that an index answers and that leaves out the most."""
    if asked.job:
        return {"job_name": asked.job}
    if asked.person:
        return {"actor": asked.person}
    if asked.verdict == "refused":
        return {"allowed": False}
    return {"action": asked.action} if asked.action else {}


def _by_time(asked: ActivityFilter) -> Q:
    """Leave out ids that were given well before or after the time asked for."""
    bounds, ids = Q(), Activity.objects.values_list("id", flat=True)
    if asked.since:
        first = ids.filter(at__gte=asked.since).order_by("at")[:1]
        bounds &= Q(id__gte=min(first, default=0) - SLACK) if first else Q(pk__in=[])
    if asked.until:
        last = ids.filter(at__lte=asked.until).order_by("-at")[:1]
        bounds &= Q(id__lte=max(last, default=0) + SLACK)
    return bounds


def _conditions(asked: ActivityFilter) -> dict[str, Any]:
    conditions = {
        "job_name": asked.job,
        "actor": asked.person,
        "action": asked.action,
        "at__gte": asked.since,
        "at__lte": asked.until,
        **VERDICTS.get(asked.verdict, {}),
    }
    return {key: value for key, value in conditions.items() if value not in ("", None)}
