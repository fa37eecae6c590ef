"""Occurrences in a row that nobody started in time -> one gap instead of a row each.

While no worker is there, a scheduler may queue a run a minute for a week. When one is
back, all that are too late by then end in a few transactions. Where somebody is told of
ends by mail, the first run of such a stretch stays, to be told of: once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connections

from cronmgmt.clock import sql_now
from cronmgmt.engine.absences import note_missed
from cronmgmt.engine.deleting import delete_runs
from cronmgmt.engine.mailing import queue_mail
from cronmgmt.models import Gap, JobRun, ScheduledJob, Status, database

BATCH = 500
NEEDED = ("job", "scheduled_for", "status", "reason", "notify")

WHY = "Missed: no worker was free to start it by its start deadline"
OF_MANY = f"{WHY}."


def sentence(start_by: datetime) -> str:
    """Say why one run was not started."""
    return f"{WHY}, {start_by:%Y-%m-%d %H:%M:%S} UTC."


def end_one(run: Any) -> bool:
    """End a late run as missed, which keeps its row; False if somebody was faster."""
    ended = JobRun.objects.filter(pk=run.pk, status=Status.QUEUED).update(
        status=Status.MISSED,
        finished_at=sql_now(),
        reason=sentence(run.start_by),
        active_key=None,
    )
    if ended:
        queue_mail(run)
    return bool(ended)


@dataclass(slots=True)
class _Stretch:
    """Occurrences in a row of which all were missed so: runs, and gaps made before."""

    runs: list[JobRun] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def write(self) -> None:
        """End the runs that wait, each with its row, or all with a gap if there are more."""
        if not any(run.status == Status.QUEUED for run in self.runs):
            return
        told = [run for run in self.runs if run.notify][:1]
        rest = [run for run in self.runs if run not in told]
        fold = bool(self.gaps) or len(rest) > 1
        for run in told if fold else self.runs:
            if run.status == Status.QUEUED:
                end_one(run)
        if fold and rest:
            self._fold(rest)

    def _fold(self, runs: Sequence[JobRun]) -> None:
        moments = [_moment(run) for run in runs]
        gap, *others = self.gaps or [_gap_of(runs[0])]
        gap.first = min([gap.first, *moments, *(other.first for other in others)])
        gap.last = max([gap.last, *moments, *(other.last for other in others)])
        gap.count += len(runs) + sum(other.count for other in others)
        gap.save()
        Gap.objects.filter(pk__in=[other.pk for other in others]).delete()
        delete_runs(None, None, [run.pk for run in runs])


def _gap_of(run: JobRun) -> Gap:
    """Return a gap in which nothing is counted yet."""
    moment = _moment(run)
    assert run.job_id
    return Gap(
        job_id=run.job_id,
        kind=Gap.Kind.MISSED,
        first=moment,
        last=moment,
        count=0,
        reason=OF_MANY,
        created_at=sql_now(),
    )


def end_late_of_job(job: int, first: datetime) -> int:
    """End the job's late runs from the occurrence ``first`` on; return how many.

    At most BATCH of them. Part of a transaction. The job's row is locked before the
    runs, and no run is waited for: whoever has one decides about it.
    """
    if not ScheduledJob.objects.select_for_update().filter(pk=job).values_list("pk"):
        return 0
    runs = JobRun.objects.filter(job=job)
    skips = connections[database()].features.has_select_for_update_skip_locked
    late = runs.filter(
        status=Status.QUEUED,
        scheduled_for__gte=first,
        started_at=None,
        start_by__lt=sql_now(),
    )
    locked = late.select_for_update(skip_locked=skips).order_by("scheduled_for")
    ours = list(locked[:BATCH])
    for stretch in _stretches(job, ours):
        stretch.write()
    if ours:
        note_missed(job, sql_now())
    return len(ours)


def _stretches(job: int, ours: Sequence[JobRun]) -> Iterator[_Stretch]:
    """Divide what is late by what else there is on record."""
    keys = {run.pk for run in ours}
    stretch = _Stretch()
    for found in sorted([*ours, *_around(job, ours)], key=_moment):
        if isinstance(found, Gap) and _is_alike(found):
            stretch.gaps.append(found)
        elif isinstance(found, JobRun) and (found.pk in keys or _is_alike(found)):
            stretch.runs.append(found)
        else:
            yield stretch
            stretch = _Stretch()
    yield stretch


def _moment(found: JobRun | Gap) -> datetime:
    moment = found.first if isinstance(found, Gap) else found.scheduled_for
    assert moment
    return moment


def _is_alike(found: JobRun | Gap) -> bool:
    if isinstance(found, Gap):
        return found.kind == Gap.Kind.MISSED and found.reason == OF_MANY
    return found.status == Status.MISSED and found.reason.startswith(WHY)


def _around(job: int, ours: Sequence[JobRun]) -> Iterable[JobRun | Gap]:
    """Return what is on record between the runs, and next to them on both sides."""
    if not ours:
        return
    first, last = ours[0].scheduled_for, ours[-1].scheduled_for
    gaps = Gap.objects.filter(job=job)
    known = JobRun.objects.filter(job=job).only(*NEEDED)
    between = known.filter(scheduled_for__gt=first, scheduled_for__lt=last)
    yield from between.exclude(pk__in=[run.pk for run in ours])
    yield from known.filter(scheduled_for__lt=first).order_by("-scheduled_for")[:1]
    yield from known.filter(scheduled_for__gt=last).order_by("scheduled_for")[:1]
    yield from gaps.filter(last__gt=first, first__lt=last)
    yield from gaps.filter(last__lt=first).order_by("-last")[:1]
    yield from gaps.filter(last__gt=last, first__gt=last).order_by("last")[:1]
