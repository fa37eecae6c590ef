"""Rows to delete -> gone, in transactions too short to be in anybody's way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q

from cronmgmt.engine.transactions import in_transaction
from cronmgmt.models import (
    JobRun,
    LockSlot,
    RunAttempt,
    RunLog,
    ScheduledJob,
    TargetResult,
    database,
)

AIM = 0.05
"""Seconds that one transaction should take: others wait no longer for its locks."""

FEWEST = 20
MOST = 1000

PIECES: tuple[type[RunLog] | type[RunAttempt] | type[TargetResult], ...] = (
    RunLog,
    RunAttempt,
    TargetResult,
)
"""What belongs to a run and goes with it."""


class Batches:
    """Deletes by key, so many at a time as the database takes AIM for.

    A run may have a megabyte of log or none: nobody knows before.
    """

    def __init__(self) -> None:
        self.size = 100

    def of(
        self, keys: Sequence[int], delete: Callable[[Sequence[int]], object]
    ) -> Iterator[int]:
        """Delete all of ``keys``; after each transaction say how many it took."""
        start = 0
        while start < len(keys):
            batch = keys[start : start + self.size]
            began = time.monotonic()
            in_transaction(partial(delete, batch))
            self._adapt(len(batch), time.monotonic() - began)
            start += len(batch)
            yield len(batch)

    def _adapt(self, number: int, took: float) -> None:
        fitting = int(number * AIM / took) if took else MOST
        # Never far from what was seen to be good: one quick batch proves little.
        self.size = max(FEWEST, min(fitting, 2 * self.size, MOST))


def delete_runs(job: int | None, last: datetime | None, keys: Sequence[int]) -> None:
    """Delete runs of a job, or of none, with all that belongs to them.

    The job remembers the ``last`` occurrence among them: what is forgotten is never
    made again, even from an old backup.
    """
    if job is not None and last is not None:
        before = last + timedelta(seconds=1)
        earlier = Q(forgotten_before=None) | Q(forgotten_before__lt=before)
        jobs = ScheduledJob.objects.filter(earlier, pk=job)
        jobs.update(forgotten_before=before)
    for piece in PIECES:
        piece.objects.filter(run__in=keys).delete()
    LockSlot.objects.filter(run__in=keys).update(run=None)
    # Without reading them first, with their tracebacks and results, as delete() does.
    JobRun.objects.filter(pk__in=keys)._raw_delete(database())
