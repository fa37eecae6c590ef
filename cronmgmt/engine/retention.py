"""Delete what is old enough, in batches small enough to be in nobody's way."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db.models import Max, QuerySet

from cronmgmt import clock
from cronmgmt.conf import conf
from cronmgmt.engine import locks
from cronmgmt.engine.transactions import in_transaction
from cronmgmt.models import (
    Gap,
    JobRun,
    Node,
    RunAttempt,
    RunLog,
    ScheduledJob,
    database,
)

BATCH = 500
NODES_KEPT = timedelta(days=7)


def prune(limit: int = 20 * BATCH) -> int:
    """Delete finished runs that are past their job's retention; at most ``limit``.

    Each job keeps its KEEP_LAST latest runs. Returns how many were deleted; ``limit``
    means that there may be more.
    """
    now = clock.now(database())
    deleted = 0
    for job in ScheduledJob.objects.order_by("pk"):
        if deleted < limit:
            deleted += _prune_job(job, now, limit - deleted)
    deleted += _prune_without_job(now, limit - deleted)
    _prune_the_rest(now)
    return deleted


def _prune_job(job: ScheduledJob, now: datetime, limit: int) -> int:
    runs = JobRun.objects.filter(job=job)
    latest = runs.order_by("-id").values_list("pk", flat=True)
    kept = list(latest[conf.KEEP_LAST - 1 : conf.KEEP_LAST]) if conf.KEEP_LAST else []
    oldest_kept = kept[0] if kept else None
    if conf.KEEP_LAST and oldest_kept is None:
        return 0  # It has not that many yet.
    old = runs.filter(finished_at__lt=now - (job.retention or conf.RETENTION))
    if oldest_kept is not None:
        old = old.filter(pk__lt=oldest_kept)
    return _in_batches(old, limit)


def _prune_without_job(now: datetime, limit: int) -> int:
    old = JobRun.objects.filter(finished_at__lt=now - conf.RETENTION, job=None)
    return _in_batches(old, limit)


def _in_batches(old: QuerySet[JobRun], limit: int) -> int:
    deleted = 0
    while deleted < limit:
        room = min(BATCH, limit - deleted)
        keys = list(old.values_list("pk", flat=True)[:room])
        if not keys:
            break
        in_transaction(partial(_delete, keys))
        deleted += len(keys)
    return deleted


def _delete(keys: list[int]) -> None:
    runs = JobRun.objects.filter(pk__in=keys)
    # First: what is forgotten is never made again, even from an old backup.
    newest = runs.exclude(job=None).values_list("job").annotate(Max("scheduled_for"))
    for job_id, occurrence in newest.order_by():
        if occurrence is not None:
            ScheduledJob.objects.filter(pk=job_id).exclude(
                forgotten_before__gt=occurrence
            ).update(forgotten_before=occurrence + timedelta(seconds=1))
    for piece in (RunLog, RunAttempt):
        piece.objects.filter(run__in=keys).delete()
    runs.delete()


def _prune_the_rest(now: datetime) -> None:
    Node.objects.filter(seen_at__lt=now - NODES_KEPT).delete()
    old = Gap.objects.filter(last__lt=now - conf.RETENTION)
    keys = list(old.values_list("pk", flat=True)[: 10 * BATCH])
    Gap.objects.filter(pk__in=keys).delete()
    locks.forget_unused()
