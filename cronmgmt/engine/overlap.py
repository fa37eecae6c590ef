"""Runs that an unfinished run of the same job keeps from being made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cronmgmt.models import JobRun, ScheduledJob, Status
from cronmgmt.text import digest


def active_key(job: ScheduledJob) -> str | None:
    """Return the key that at most one unfinished run of the job may hold.

    None where runs of the job may overlap.
    """
    if job.overlap == ScheduledJob.Overlap.ALLOW:
        return None
    return digest("job", job.pk)


def skip_blocked(runs: Sequence[JobRun], now: datetime) -> list[JobRun]:
    """Turn the runs whose active key is taken into skipped ones, with the reason.

    Those that are not due yet are left out: by then the key may well be free.
    """
    keys = {run.active_key for run in runs if run.active_key}
    if not keys:
        return list(runs)
    holders = JobRun.objects.filter(active_key__in=keys)
    taken = {
        key: f"run {pk} was still {Status(status).label}"
        for key, pk, status in holders.values_list("active_key", "pk", "status")
    }
    decided = []
    for run in runs:
        key = run.active_key
        if key in taken:
            if run.scheduled_for and run.scheduled_for > now:
                continue
            run = skipped(run, taken[key], now)
        elif key:
            taken[key] = f"the one of {run.scheduled_for:%H:%M:%S} UTC had yet to start"
        decided.append(run)
    return decided


def skipped(run: JobRun, because: str, now: datetime) -> JobRun:
    """Return ``run`` as decided without running."""
    run.status = Status.SKIPPED
    run.reason = f"Skipped: {because}."
    run.active_key = None
    run.finished_at = now
    return run
