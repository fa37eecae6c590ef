"""Runs that nobody started in time: they end as missed instead of starting late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from cronmgmt.engine import locks
from cronmgmt.engine.transactions import in_transaction
from cronmgmt.engine.unstarted import end_late_of_job, end_one


def end_late(runs: Iterable[Any]) -> int:
    """End those of the queued runs that may not start any more; return how many.

    Each has the database's time at the look as ``db_now``. A run that had its first
    start in time may be retried, handed back and recovered for as long as it takes.
    Of an occurrence's job, those that come after it and are late end along with it.
    """
    late = [run for run in runs if _is_late(run)]
    first: dict[int, datetime] = {}
    for run in late:
        if run.job_id is None or run.scheduled_for is None:
            in_transaction(partial(end_one, run))
            continue
        known = first.get(run.job_id, run.scheduled_for)
        first[run.job_id] = min(known, run.scheduled_for)
    for job, occurrence in first.items():
        in_transaction(partial(end_late_of_job, job, occurrence))
    for key in {run.lock_digest for run in late if run.lock_digest}:
        locks.wake(key)  # One of them may have been the one that was woken.
    return len(late)


def _is_late(run: Any) -> bool:
    if run.start_by is None or run.started_at is not None:
        return False
    return bool(run.start_by < run.db_now)
