"""What unfinished runs of a job mean for a new one: skip, wait, allow or replace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, transaction

from cronmgmt import clock
from cronmgmt.conf import conf
from cronmgmt.models import JobRun, Origin, ScheduledJob, Status, database
from cronmgmt.text import digest

Overlap = ScheduledJob.Overlap
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)

NOTICE = timedelta(seconds=30)
"""So soon at the latest a parked run is woken to see whether it may start."""


def lock_columns(job: ScheduledJob) -> dict[str, Any]:
    """Return the lock that a run of the job needs to start; no digest, no lock.

    The one that the job names and shares, or the job's own where its runs wait for
    each other or only so many may run side by side.
    """
    one_by_one = job.overlap in (Overlap.WAIT, Overlap.REPLACE)
    limited = job.overlap == Overlap.ALLOW and job.concurrency
    if job.lock_key:
        key = digest("lock", job.lock_key)
    elif one_by_one or limited:
        key = digest("lock of job", job.pk)
    else:
        return {}
    return {
        "lock_key": job.lock_key,
        "lock_digest": key,
        "concurrency": job.concurrency or 1,
    }


def active_keys(job: ScheduledJob | None) -> list[str]:
    """Return the keys of which an unfinished run of the job must have one.

    Each is unique among all runs, so that there are never more unfinished runs than
    keys. Empty where runs of the job may overlap without end.
    """
    if job is None or job.overlap == Overlap.ALLOW:
        return []
    first = _first_key(job.pk)
    if job.overlap != Overlap.WAIT:
        return [first]
    more = (job.concurrency or 1) - 1 + conf.MAX_WAITING
    return [first, *(digest("job", job.pk, number) for number in range(more))]


@lru_cache(maxsize=4096)
def _first_key(job_id: int) -> str:
    return digest("job", job_id)


def keys_of(run: JobRun) -> list[str]:
    """Return the keys of which an unsaved run needs one; none if it is not to run."""
    if run.active_key is None:
        return []
    return active_keys(run.job) or [run.active_key]


def skip_blocked(runs: Sequence[JobRun], now: datetime) -> list[JobRun]:
    """Give each run an active key; turn those for which none is left into skipped ones.

    Those that are not due yet are left out: by then there may well be one.
    """
    taken = _holders({key for run in runs for key in keys_of(run)})
    waiting: dict[str, JobRun] = {}
    decided = []
    for run in runs:
        keys = keys_of(run)
        free = next((key for key in keys if key not in taken), None)
        if free is not None:
            run.active_key = free
            taken[free] = f"the one of {_time(run)} had yet to start"
        elif keys and run.scheduled_for and run.scheduled_for > now:
            continue
        elif replaces(run):
            if earlier := waiting.get(keys[0]):
                skipped(earlier, f"the one of {_time(run)} took its place", now)
        elif keys:
            run = skipped(run, _because(run, taken[keys[0]]), now)
        if replaces(run) and keys:
            waiting[keys[0]] = run
        decided.append(run)
    return decided


def replaces(run: JobRun) -> bool:
    """Return whether the run takes the place of an earlier one of its job."""
    return bool(run.active_key and run.job and run.job.overlap == Overlap.REPLACE)


def _time(run: JobRun) -> str:
    return f"{run.scheduled_for:%H:%M:%S} UTC"


def _holders(keys: set[str]) -> dict[str, str]:
    if not keys:
        return {}
    holders = JobRun.objects.filter(active_key__in=keys)
    return {
        str(key): f"run {pk} was still {status}"
        for key, pk, status in holders.values_list("active_key", "pk", "status")
    }


def _because(run: JobRun, first: str) -> str:
    waits = run.job is not None and run.job.overlap == Overlap.WAIT
    return crowd(run.job) if run.job and waits else first


def crowd(job: ScheduledJob) -> str:
    """Say why no more runs of a job may wait."""
    most = len(active_keys(job))
    may_run = job.concurrency or 1
    return (
        f"{most} runs of this job were unfinished: {may_run} may run and "
        f"{most - may_run} may wait"
    )


def skipped(run: JobRun, because: str, now: datetime) -> JobRun:
    """Return ``run`` as decided without running."""
    run.status = Status.SKIPPED
    run.reason = f"Skipped: {because}."
    run.active_key = None
    run.finished_at = now
    return run


def save_new(run: JobRun) -> IntegrityError | None:
    """Write a new run under the first active key that nobody took; the error if none.

    The constraint decides, whatever a look before it said.
    """
    error = None
    chosen = run.active_key
    for key in [chosen, *(key for key in keys_of(run) if key != chosen)]:
        run.pk, run.active_key = None, key
        try:
            with transaction.atomic(using=database()):
                run.save(force_insert=True)
        except IntegrityError as taken:
            error = taken
        else:
            return None
    return error


def take_active_key(run: JobRun) -> int | None:
    """Take the job's only active key for a backfilled run that is about to start.

    Hundreds of them may be queued, so they have none until then. Returns the run that
    is in the way, if there is one, and 0 for one that is about to be made; None also
    where runs of the job may overlap, or their lock sees to it that they do not.
    """
    if run.origin != Origin.BACKFILL or run.active_key or run.job is None:
        return None
    keys = active_keys(run.job)
    if run.job.overlap != Overlap.SKIP or not keys:
        return None
    if _is_about_to_run(run.job):
        return _holder(keys[0])
    try:
        with transaction.atomic(using=database()):
            JobRun.objects.filter(pk=run.pk).update(active_key=keys[0])
    except IntegrityError:
        return _holder(keys[0])
    run.active_key = keys[0]
    return None


def _is_about_to_run(job: ScheduledJob) -> bool:
    """Return whether a scheduler is to make a run of the job before one could end.

    One that did not for a minute is not there, or has its reasons.
    """
    due, now = job.next_run_at, clock.now(database())
    if due is None or due <= now - MINUTE:
        return False
    return due <= now + max(SECOND, _length(job, due))


def _length(job: ScheduledJob, due: datetime) -> timedelta:
    """Return how long a run of the job takes; nothing where that leaves it no room.

    Where two of them take most of the time between two occurrences, one can only have
    the place of an occurrence: to wait for enough time would be to wait for ever.
    """
    try:
        took = timedelta(seconds=job.last_success_duration or 0)
        length = job.expected_duration or took
        following = job.schedule.next_after(due)
    except Exception:
        return timedelta()  # A row broken by hand; the scheduler sets it aside.
    has_room = following is None or following - due >= 2 * length + NOTICE
    return length if has_room else timedelta()


def give_active_key_back(run: JobRun) -> None:
    """Undo ``take_active_key`` for a backfilled run that cannot start yet."""
    if run.origin == Origin.BACKFILL and run.active_key:
        JobRun.objects.filter(pk=run.pk).update(active_key=None)
        run.active_key = None


def _holder(key: str) -> int:
    found = JobRun.objects.filter(active_key=key).values_list("pk", flat=True).first()
    return found or 0
