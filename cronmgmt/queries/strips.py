"""The latest occurrences of some jobs: what ran, and what was missed or left out.

Two statements for a page of jobs, each bounded by an index: what bounds them is asked
with the jobs, so that no history is read beyond it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import NamedTuple
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from cronmgmt.models import Gap, ScheduledJob, Status
from cronmgmt.queries.latest import SLOTS, Row, latest, since, with_edge

UNLISTED = ("params", "description", "purpose", "dependencies", "declared", "overrides")


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
    """Let each job know the first of its latest gaps, and of its runs if need be."""
    gaps = Gap.objects.filter(job=OuterRef("pk")).order_by("-last").values("last")
    return with_edge(jobs.annotate(first_gap=Subquery(gaps[SLOTS - 1 : SLOTS])))


def strips(
    jobs: Sequence[ScheduledJob], showing: Collection[int] = ()
) -> dict[int, Strip]:
    """Return the strips of jobs that came by way of :func:`listed`.

    ``showing`` are the runs, by id, of which more is told than their outcome: one of
    each job that has unfinished runs.
    """
    found = {job.pk: Strip() for job in jobs}
    if jobs:
        for run in latest(jobs, showing):
            _add(found[run.job], run, showing)
        for gap in gaps_of(jobs, found):
            # Where in between its occurrences were is not kept, only the ends.
            slot = Slot(gap.kind, gap.last)
            found[gap.job_id].slots += [slot] * min(gap.count, SLOTS)
    for strip in found.values():
        strip.slots = sorted(strip.slots, key=lambda slot: slot.at)[-SLOTS:]
    return found


def _add(strip: Strip, run: Row, showing: Collection[int]) -> None:
    strip.slots.append(Slot(run.status, run.at))
    if run.status == Status.SUCCEEDED and run.duration is not None:
        strip.durations.append(run.duration)
    # One that has ended since it was chosen need not be told of any more.
    if run.id in showing and run.execution_id:
        strip.current = Current(
            run.id, run.execution_id, run.status, run.started_at, run.done, run.total
        )


def gaps_of(jobs: Iterable[ScheduledJob], found: dict[int, Strip]) -> QuerySet[Gap]:
    """Return the latest gaps of each job, but those that its runs leave no room for."""
    wanted = Q()
    for job in jobs:
        edges = [getattr(job, "first_gap", None), _full_since(found[job.pk])]
        edge = max(filter(None, edges), default=None)
        wanted |= since(job.pk, "last", edge)
    return Gap.objects.filter(wanted).order_by().defer("reason")


def _full_since(strip: Strip) -> datetime | None:
    """Return since when runs alone fill the strip: no gap before it will show."""
    if len(strip.slots) < SLOTS:
        return None
    return min(slot.at for slot in strip.slots)
