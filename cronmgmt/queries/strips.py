"""The latest occurrences of some jobs: what ran, and what was missed or left out.

Two statements for a page of jobs, each bounded by an index: where each job's latest
occurrences begin is asked first, so that no history is read beyond them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from cronmgmt.models import Gap, JobRun, ScheduledJob, Status

SLOTS = 60
UNLISTED = ("params", "description", "purpose", "dependencies", "declared", "overrides")
COLUMNS = (
    "job_id",
    "status",
    "scheduled_for",
    "created_at",
    "duration",
    "id",
    "execution_id",
    "started_at",
    "progress_done",
    "progress_total",
)


class Slot(NamedTuple):
    """One occurrence: a run's status, or the kind of the gap that covers it."""

    kind: str
    at: datetime


class Current(NamedTuple):
    """The unfinished run of a job that a list shows."""

    id: int
    execution_id: UUID
    status: str
    started_at: datetime | None
    done: int | None
    total: int | None


@dataclass(slots=True)
class Strip:
    """A job's latest occurrences, oldest first, and its usual duration in seconds."""

    slots: list[Slot] = field(default_factory=list)
    durations: list[float] = field(default_factory=list)
    current: Current | None = None

    @property
    def usual(self) -> float | None:
        """The median of the latest successes; None before the first."""
        return median(self.durations) if self.durations else None


def listed(keys: Sequence[int]) -> list[ScheduledJob]:
    """Return the jobs of a page, in this order, ready for :func:`strips`."""
    rows = _with_edges(ScheduledJob.objects.filter(pk__in=keys)).defer(*UNLISTED)
    by_key = {job.pk: job for job in rows}
    return [by_key[key] for key in keys if key in by_key]


def _with_edges(jobs: QuerySet[ScheduledJob]) -> QuerySet[ScheduledJob]:
    """Let each job know the first of its latest runs and gaps."""
    runs = JobRun.objects.filter(job=OuterRef("pk")).order_by("-id").values("id")
    gaps = Gap.objects.filter(job=OuterRef("pk")).order_by("-last").values("last")
    return jobs.annotate(
        first_run=Subquery(runs[SLOTS - 1 : SLOTS]),
        first_gap=Subquery(gaps[SLOTS - 1 : SLOTS]),
    )


def strips(
    jobs: Sequence[ScheduledJob], showing: Collection[int] = ()
) -> dict[int, Strip]:
    """Return the strips of jobs that came by way of :func:`listed`.

    ``showing`` are the runs, by id, of which more is told than their outcome.
    """
    found = {job.pk: Strip() for job in jobs}
    if jobs:
        for run in runs_of(jobs, showing):
            _add(found[run[0]], run, showing)
        for gap in gaps_of(jobs, found):
            # Where in between its occurrences were is not kept, only the ends.
            slot = Slot(gap.kind, gap.last)
            found[gap.job_id].slots += [slot] * min(gap.count, SLOTS)
    for strip in found.values():
        strip.slots = sorted(strip.slots, key=lambda slot: slot.at)[-SLOTS:]
    return found


def runs_of(
    jobs: Iterable[ScheduledJob], showing: Collection[int]
) -> QuerySet[JobRun, tuple[Any, ...]]:
    """Return the latest runs of each job, as COLUMNS, in any order."""
    wanted = Q(pk__in=showing, job__in=[job.pk for job in jobs])
    for job in jobs:
        wanted |= _since(job.pk, "id", getattr(job, "first_run", None))
    return JobRun.objects.filter(wanted).order_by().values_list(*COLUMNS)


def _add(strip: Strip, run: tuple[Any, ...], showing: Collection[int]) -> None:
    _, status, due, made, took, key, *rest = run
    strip.slots.append(Slot(status, due or made))
    if status == Status.SUCCEEDED and took is not None:
        strip.durations.append(took)
    if key in showing:
        execution_id, started_at, done, total = rest
        strip.current = Current(key, execution_id, status, started_at, done, total)


def gaps_of(jobs: Iterable[ScheduledJob], found: dict[int, Strip]) -> QuerySet[Gap]:
    """Return the latest gaps of each job, but those that its runs leave no room for."""
    wanted = Q()
    for job in jobs:
        edges = [getattr(job, "first_gap", None), _full_since(found[job.pk])]
        edge = max(filter(None, edges), default=None)
        wanted |= _since(job.pk, "last", edge)
    return Gap.objects.filter(wanted).order_by().defer("reason")


def _full_since(strip: Strip) -> datetime | None:
    """Return since when runs alone fill the strip: no gap before it will show."""
    if len(strip.slots) < SLOTS:
        return None
    return min(slot.at for slot in strip.slots)


def _since(job: int, column: str, edge: object) -> Q:
    """Return what is a job's from ``edge`` on; all of it if there are too few."""
    return Q(job=job) if edge is None else Q(job=job, **{f"{column}__gte": edge})
