"""Runs whose worker is gone -> queued again, or ended as lost."""

from __future__ import annotations

import logging
from collections import Counter
from functools import partial
from typing import Any

from django.db.models import QuerySet

from cronmgmt.clock import sql_now
from cronmgmt.conf import conf
from cronmgmt.engine import claiming, locks, watchdog
from cronmgmt.engine.finishing import keep_attempt, record
from cronmgmt.engine.outcomes import Outcome, kinds_of
from cronmgmt.engine.rings import ring_on_commit
from cronmgmt.engine.transactions import in_transactions
from cronmgmt.engine.unreadable import readable
from cronmgmt.errors import RunTimedOut
from cronmgmt.models import HELD, JobRun, OnLost, Status, move
from cronmgmt.models.updating import More

logger = logging.getLogger("cronmgmt.engine")

BATCH = 200


def recover_expired() -> int:
    """Recover the runs whose lease is over; returns how many."""
    expired = JobRun.objects.filter(lease_expires_at__lt=sql_now())
    return _recover(expired, "fell silent for longer than its lease")


def recover_worker(worker: str) -> int:
    """Recover all that a worker of this machine held when it died."""
    # Only held runs have a lease; that column is indexed, the worker's name is not.
    held = JobRun.objects.filter(worker=worker, lease_expires_at__isnull=False)
    recovered = _recover(held, "died")
    if not held.exists():
        watchdog.forget_trace(worker)
    return recovered


def _recover(runs: QuerySet[JobRun], what: str) -> int:
    held = runs.filter(status__in=HELD).annotate(db_now=sql_now())
    found = readable(held.order_by("lease_expires_at")[:BATCH])
    return in_transactions(
        partial(_recover_one, what), found, "%s could not be recovered"
    )


def _recover_one(what: str, run: JobRun) -> bool:
    if run.status == Status.CLAIMED:
        # It never started: nobody needs to know.
        recovered = move(run.pk, Status.CLAIMED, run.claim_token, **claiming.UNCLAIMED)
    else:
        recovered = _recover_running(run, what)
    if recovered:
        ring_on_commit(Counter([run.queue]))
    return recovered


def _recover_running(run: JobRun, what: str) -> bool:
    outcome = _outcome(run, what)
    if run.cancel_requested:
        outcome.status = Status.CANCELLED
        outcome.reason = run.reason or outcome.reason
        return record(run, outcome)
    final = run.on_lost == OnLost.FAIL or run.losses >= conf.MAX_LOSSES
    if final or outcome.status == Status.TIMED_OUT:
        return record(run, outcome)
    return _queue_again(run, outcome)


def _queue_again(run: JobRun, outcome: Outcome) -> bool:
    """A crash is not the handler's fault: it uses up no attempt."""
    moved = move(
        run.pk,
        Status.RUNNING,
        run.claim_token,
        **claiming.UNCLAIMED,
        losses=More(),
        attempt=More(-1),
        reason=outcome.reason,
    )
    if moved:
        keep_attempt(run, outcome)
        locks.release(run)
        logger.warning("Run %s is queued again. %s", run.pk, outcome.reason)
    return moved


def _outcome(run: Any, what: str) -> Outcome:
    """Tell a run that was ended because it hung beyond its time-out from a crash."""
    trace = watchdog.read_trace(run.worker)
    seconds = (run.db_now - run.started_at).total_seconds() if run.started_at else 0.0
    if trace and run.timeout and seconds >= run.timeout.total_seconds():
        return Outcome(
            Status.TIMED_OUT,
            f"Timed out after {run.timeout}: it could not be interrupted, so its "
            "process was ended.",
            error_class="RunTimedOut",
            error_message=f"Timed out after {run.timeout}.",
            traceback=trace,
            kinds=kinds_of(RunTimedOut),
            duration=seconds,
        )
    worker = f"worker {run.worker}".rstrip()  # None, where a row was edited by hand.
    return Outcome(
        Status.LOST,
        f"Lost: its {worker} {what}.",
        error_class="WorkerLost",
        error_message=f"The {worker} {what}.",
        traceback=trace,
        duration=seconds,
    )
