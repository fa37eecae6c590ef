"""What is asked of the history of all jobs -> runs, latest first, at a bounded cost.

Each page looks at a bounded number of rows, see ``reach``, and says from where the
next one goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from cronmgmt.actors import Actor, visible_to
from cronmgmt.models import HELD, JobRun, ScheduledJob, Status
from cronmgmt.queries.jobs import UNSHOWN
from cronmgmt.queries.reach import reach
from cronmgmt.queries.runfilter import RunFilter

LISTED = (
    *("execution_id", "job", "job_name", "status", "origin", "requested_by"),
    *("scheduled_for", "created_at", "started_at", "duration"),
    *("worker", "attempt", "reason"),
)
"""The columns that a page of a list shows."""

COUNTED = 50_000
"""So many of the latest runs at most are looked at to count those that match."""

PENDING = (Status.QUEUED, Status.WAITING, Status.CLAIMED)
"""Not started yet."""


@dataclass(frozen=True, slots=True)
class Found:
    """Some runs, latest first.

    ``older`` is the id before which to go on, None at the end of history;
    ``unsearched`` tells that there may be none: only so many rows were looked at;
    0 if there are no others.
    """

    runs: list[JobRun]
    older: int | None
    unsearched: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """How many runs match from the id ``low`` to ``high``; ``is_all``: and no others."""

    count: int
    low: int
    high: int
    is_all: bool


def find_runs(
    asked: RunFilter,
    before: int | None = None,
    size: int = 50,
    *,
    actor: Actor | None = None,
    columns: Collection[str] = (),
) -> Found:
    """Return a page of the runs that match, of those that the actor may see.

    ``columns`` are all that is read of them; else what is long is not.
    """
    runs = _seen_by(actor)
    runs = runs.only(*columns) if columns else runs
    return _page(runs, asked, before, size, actor)


def _page(
    runs: QuerySet[JobRun],
    asked: RunFilter,
    before: int | None,
    size: int,
    actor: Actor | None,
) -> Found:
    within = reach(runs, asked, before, actor)
    matching = within.runs.filter(asked.conditions()).order_by("-id")
    rows = list(matching[: size + 1])
    if len(rows) > size:
        return Found(rows[:size], rows[size - 1].pk)
    return Found(rows, within.floor, within.most if within.floor else 0)


def find_all_runs(
    asked: RunFilter, size: int = 500, *, actor: Actor | None = None
) -> Iterator[list[JobRun]]:
    """Yield all that match, latest first, a bounded number at a time."""
    before: int | None = None
    while True:
        found = find_runs(asked, before, size, actor=actor)
        if found.runs:
            yield found.runs
        if found.older is None:
            return
        before = found.older


def tally(asked: RunFilter, actor: Actor | None = None) -> Tally:
    """Count what matches among the latest COUNTED runs."""
    runs = _seen_by(actor)
    newest = runs.order_by("-id").values_list("id", flat=True).first() or 0
    within = reach(runs, asked, newest + 1, actor, COUNTED)
    count = within.runs.filter(asked.conditions()).order_by().count()
    return Tally(count, within.floor or 0, newest, is_all=within.floor is None)


def batch(
    asked: RunFilter, low: int, high: int, size: int, actor: Actor | None = None
) -> Found:
    """Return the latest of those that match from the id ``low`` to ``high``."""
    runs = _seen_by(actor).filter(id__gte=low)
    found = _page(runs, asked, high + 1, size, actor)
    return found if found.older and found.older > low else replace(found, older=None)


@dataclass(frozen=True, slots=True)
class Pending:
    """How many runs are under way, and how many have waited too long for it."""

    running: int
    stuck: int


def pending(due: datetime, actor: Actor | None = None) -> Pending:
    """Count the unfinished runs; stuck is what waits and was to start by ``due``."""
    runs = _seen_by(actor)
    is_stuck = Q(status__in=PENDING, available_at__lte=due)
    counts = runs.filter(finished_at=None).aggregate(
        running=Count("pk", filter=Q(status__in=HELD)),
        stuck=Count("pk", filter=is_stuck),
    )
    return Pending(**counts)


def runs_of(keys: Collection[UUID], actor: Actor | None = None) -> list[JobRun]:
    """Return the runs of these execution ids, as far as the actor may see them."""
    return list(_seen_by(actor).filter(execution_id__in=keys))


def _seen_by(actor: Actor | None) -> QuerySet[JobRun]:
    return visible_to(actor, JobRun.objects.defer(*UNSHOWN))


def job_names(most: int, actor: Actor | None = None) -> list[str]:
    """Return the names of jobs in service, in their order, at most so many."""
    rows = visible_to(actor, ScheduledJob.objects.filter(retired_at=None))
    return list(rows.order_by("name").values_list("name", flat=True)[:most])
