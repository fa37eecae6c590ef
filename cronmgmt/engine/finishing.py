"""Outcome -> what is recorded: the run, its job's totals, a retry if one is due."""

from __future__ import annotations

import logging
import random
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

from cronmgmt.clock import sql_now
from cronmgmt.engine import claiming, locks, postgresql
from cronmgmt.engine.beats import append_log
from cronmgmt.engine.mailing import queue_mail
from cronmgmt.engine.outcomes import ASKED_FOR, HANDED_BACK, STALE, Outcome
from cronmgmt.engine.rings import later_on_commit
from cronmgmt.engine.transactions import after_commit, in_transaction
from cronmgmt.models import (
    FAILURES,
    JobRun,
    RunAttempt,
    ScheduledJob,
    Status,
    move,
)
from cronmgmt.models.updating import NOW, Later, More, update
from cronmgmt.signals import run_finished
from cronmgmt.telemetry import logs

logger = logging.getLogger("cronmgmt.engine")

FIRST_BACKOFF = timedelta(seconds=10)
LONGEST_BACKOFF = timedelta(hours=1)
LONGEST_WAIT = timedelta(days=3650)
"""A handler that asks for a later retry waits this long: dates have an end."""


class Finished(NamedTuple):
    """Whether the outcome was recorded, and whether the next run was started."""

    recorded: bool
    started: bool


def finish(run: JobRun, outcome: Outcome, then: JobRun | None = None) -> Finished:
    """Record the outcome and start ``then``, a run already claimed, in one go.

    An owner that lost its lease records nothing: its token no longer matches. A lock
    is taken and freed the portable way, and ``then`` must not need one: its start may
    have to wait for another's gate, while this transaction holds the run's own.
    """
    is_plain = not run.lock_digest and not run.notify
    if postgresql.is_usable() and _is_final(run, outcome) and is_plain:
        return _finish_by_statement(run, outcome, then)
    return in_transaction(lambda: _finish(run, outcome, then))


def _is_final(run: JobRun, outcome: Outcome) -> bool:
    handed_over = outcome.status in (HANDED_BACK, STALE)
    return not handed_over and retry_delay(run, outcome) is None


def _finish_by_statement(
    run: JobRun, outcome: Outcome, then: JobRun | None
) -> Finished:
    starting = claiming.starting_now(then) if then else None
    counts = postgresql.finish(run, outcome, then, starting)
    if counts.finished:
        run.status = outcome.status
        _announce(run, outcome, logs.finished)
    else:
        _not_ours(run, outcome)
    if then and counts.started:
        then.started_at = starting
        claiming.note_start(then)
    return Finished(bool(counts.finished), bool(counts.started))


def _not_ours(run: JobRun, outcome: Outcome) -> None:
    logger.warning(
        "Run %s was not ours any more; its outcome %s is not recorded.",
        run.pk,
        outcome.status,
    )


def _finish(run: JobRun, outcome: Outcome, then: JobRun | None) -> Finished:
    recorded = outcome.status != STALE and record(run, outcome)
    if not recorded:
        _not_ours(run, outcome)
    return Finished(recorded, started=then is not None and claiming.start(then))


def record(run: JobRun, outcome: Outcome) -> bool:
    """Write the outcome of a running run that we hold; False if it is not ours."""
    recorded = _record(run, outcome)
    if recorded:
        append_log(run, outcome.log)
        locks.release(run)
    return recorded


def _record(run: JobRun, outcome: Outcome) -> bool:
    delay = retry_delay(run, outcome)
    handed_back = outcome.status == HANDED_BACK
    if delay is None and not handed_back:
        return _end(run, outcome)
    cancelled = _why_cancelled(run)
    if cancelled is not None:
        # It ended by itself before the cancel reached it; it must not begin anew.
        return _end(run, replace(outcome, status=Status.CANCELLED, reason=cancelled))
    if delay is None:
        # As if it had never been tried: the attempt does not count.
        return _requeue(run, outcome, attempt=More(-1), **outcome.handed_back_with)
    later_on_commit(run.queue, delay)
    return _requeue(run, outcome, available_at=Later(delay))


def _why_cancelled(run: JobRun) -> str | None:
    """Return the reason if somebody asked to cancel our run; else None."""
    ours = JobRun.objects.filter(pk=run.pk, claim_token=run.claim_token)
    locked = ours.select_for_update().values_list("cancel_requested", "reason")
    requested, reason = locked.first() or (False, "")
    return (reason or "Cancelled.") if requested else None


def retry_delay(run: JobRun, outcome: Outcome) -> timedelta | None:
    """Return how long to wait before the next attempt; None for no further one."""
    if outcome.status not in (Status.FAILED, Status.TIMED_OUT):
        return None
    if not outcome.may_retry or run.attempt >= run.max_attempts:
        return None
    if not _is_worth_a_retry(run, outcome):
        return None
    if outcome.retry_after is not None:
        return min(max(outcome.retry_after, timedelta()), LONGEST_WAIT)
    return backoff(run.backoff or FIRST_BACKOFF, run.attempt, run.backoff_ceiling)


def _is_worth_a_retry(run: JobRun, outcome: Outcome) -> bool:
    """Return whether the job has this exception, or one above it, tried again."""
    chosen = run.retry_on
    if outcome.kinds == ASKED_FOR or not isinstance(chosen, list) or not chosen:
        return True
    return not outcome.kinds.isdisjoint(filter(_is_text, chosen))


def _is_text(value: object) -> bool:
    return isinstance(value, str)  # Whatever else somebody wrote there by hand.


def backoff(
    first: timedelta, attempt: int, ceiling: timedelta | None = None
) -> timedelta:
    """Return an exponential delay with jitter: 1, 2, 4 … times ``first``, ± 10 %.

    The wait before the jitter is at most ``ceiling``; without one at most an hour, or
    ``first`` where that is longer.
    """
    most = ceiling / first if ceiling else max(LONGEST_BACKOFF / first, 1.0)
    return first * min(2.0 ** (attempt - 1), most) * random.uniform(0.9, 1.1)


def _requeue(run: JobRun, outcome: Outcome, **changes: Any) -> bool:
    changes = {**claiming.UNCLAIMED, "reason": outcome.reason, **changes}
    moved = move(run.pk, Status.RUNNING, run.claim_token, **changes)
    if moved:
        keep_attempt(run, outcome)
        _announce(run, outcome, logs.attempt_failed)
    return moved


def keep_attempt(run: JobRun, outcome: Outcome) -> None:
    """Keep an attempt that did not end its run."""
    RunAttempt.objects.create(
        run=run,
        number=run.attempt,
        outcome=outcome.status,
        reason=outcome.reason,
        worker=run.worker,
        started_at=run.started_at,
        finished_at=sql_now(),
        error_class=outcome.error_class,
        error_message=outcome.error_message,
        traceback=outcome.traceback,
    )


def _end(run: JobRun, outcome: Outcome) -> bool:
    changes = {
        "status": outcome.status,
        "finished_at": NOW,
        "reason": outcome.reason,
        "result": outcome.result,
        "error_class": outcome.error_class,
        "error_message": outcome.error_message,
        "traceback": outcome.traceback,
        "duration": outcome.duration,
        "active_key": None,
        "claim_token": "",
        "lease_expires_at": None,
        **outcome.usage,
    }
    # Not run.status: when this transaction is repeated, that is the outcome already.
    moved = move(run.pk, Status.RUNNING, run.claim_token, **changes)
    if moved:
        run.status = outcome.status
        update_totals(run, outcome)
        queue_mail(run)
        _announce(run, outcome, logs.finished)
    return moved


def update_totals(run: JobRun, outcome: Outcome) -> None:
    """Keep on the job's row what pages show, so that they never read history."""
    if run.job_id is None:
        return
    changes: dict[str, Any] = {
        "last_execution_id": run.execution_id,
        "last_status": outcome.status,
        "last_started_at": run.started_at,
        "last_finished_at": NOW,
        "last_duration": outcome.duration,
        "runs_total": More(),
    }
    if outcome.status == Status.SUCCEEDED:
        changes |= {
            "last_error": "",
            "last_success_at": NOW,
            "last_success_duration": outcome.duration,
            "consecutive_failures": 0,
        }
    elif outcome.status in FAILURES:
        changes |= {
            "last_error": outcome.error_message or outcome.reason,
            "consecutive_failures": More(),
            "failures_total": More(),
            "last_failure_at": NOW,
        }
    update(ScheduledJob, changes, pk=run.job_id)


def _announce(run: JobRun, outcome: Outcome, log: logs.Announcement) -> None:
    after_commit(partial(_tell, run, outcome, log))


def _tell(run: JobRun, outcome: Outcome, log: logs.Announcement) -> None:
    log(run, outcome)
    if run.is_finished:
        run_finished.send_robust(sender=JobRun, run=run)
