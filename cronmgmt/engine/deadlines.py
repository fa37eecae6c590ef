"""Runs that nobody started in time: they end as missed instead of starting late."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cronmgmt.clock import sql_now
from cronmgmt.engine import locks
from cronmgmt.models import JobRun, Status


def end_late(runs: Iterable[Any]) -> int:
    """End those of the queued runs that may not start any more; return how many.

    Each has the database's time at the look as ``db_now``. A run that had its first
    start in time may be retried, handed back and recovered for as long as it takes.
    """
    late = [run for run in runs if _is_late(run)]
    for run in late:
        JobRun.objects.filter(pk=run.pk, status=Status.QUEUED).update(
            status=Status.MISSED,
            finished_at=sql_now(),
            reason=(
                "Missed: no worker was free to start it by its start deadline, "
                f"{run.start_by:%Y-%m-%d %H:%M:%S} UTC."
            ),
            active_key=None,
        )
        if run.lock_digest:
            locks.wake(run.lock_digest)  # It may have been the one that was woken.
    return len(late)


def _is_late(run: Any) -> bool:
    if run.start_by is None or run.started_at is not None:
        return False
    return bool(run.start_by < run.db_now)
