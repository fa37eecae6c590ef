"""A job that is due all the time, and its backfill -> each has its turn.

Runs of a job that skips are one at a time. A backfilled run waits while another is
unfinished, and gives way to one that is about to fall due. That leaves it the time
between them; where there is none, it comes after each of the job's own runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import IntegrityError, transaction

from cronmgmt.engine.backfilling import lock_digest
from cronmgmt.engine.locks import AWAKE
from cronmgmt.engine.overlap import active_keys
from cronmgmt.engine.rings import ring_on_commit
from cronmgmt.models import JobRun, Origin, ScheduledJob, Status, database

Overlap = ScheduledJob.Overlap

CROWDED = timedelta(minutes=1)
"""A job that is due as often as this may lose an occurrence to its backfill."""


def give(runs: Iterable[JobRun]) -> None:
    """Let a parked run of a backfill have the place of its job's next run.

    ``runs`` are about to be made; of each job that skips, a parked one goes first if
    the job's last run was no backfilled one. In the transaction that makes the runs.
    """
    by_lock: dict[str, JobRun] = {}
    for run in runs:
        job = run.job
        if job and job.overlap == Overlap.SKIP and run.active_key and run.scheduled_for:
            by_lock.setdefault(lock_digest(job), run)
    if not by_lock:
        return
    parked = JobRun.objects.filter(waits_for__in=by_lock, origin=Origin.BACKFILL)
    locks = parked.order_by().values_list("waits_for", flat=True).distinct()
    for lock in locks:
        _give(by_lock[str(lock)])


def _give(run: JobRun) -> None:
    job = run.job
    assert job and run.scheduled_for
    following = job.schedule.next_after(run.scheduled_for)
    if following is None or following - run.scheduled_for > CROWDED:
        return
    if job.last_execution_id is None:
        return
    last = JobRun.objects.filter(execution_id=job.last_execution_id)
    if last.filter(origin=Origin.BACKFILL).exists():
        return
    first = _first_parked(job)
    if first is None:
        return
    changes = {
        **AWAKE,
        "active_key": active_keys(job)[0],
        "priority": min(first.priority, job.priority),
    }
    try:
        with transaction.atomic(using=database()):
            waiting = JobRun.objects.filter(pk=first.pk, status=Status.WAITING)
            woken = waiting.update(**changes)
    except IntegrityError:
        return  # A run of the job is unfinished.
    if woken:
        ring_on_commit({first.queue: 1})


def _first_parked(job: ScheduledJob) -> JobRun | None:
    parked = JobRun.objects.filter(waits_for=lock_digest(job))
    ours = parked.filter(job=job, origin=Origin.BACKFILL, status=Status.WAITING)
    return ours.order_by("priority", "available_at", "id").first()
