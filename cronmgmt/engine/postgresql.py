"""Finishing a run and starting the next as one PostgreSQL statement.

The portable way, through the ORM, is five round trips in a transaction; this is one.
Both do the same, and the same tests hold them to it.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connections

from cronmgmt import clock
from cronmgmt.conf import conf
from cronmgmt.engine.leases import lease
from cronmgmt.engine.outcomes import Outcome
from cronmgmt.engine.transactions import repeated
from cronmgmt.models import FAILURES, JobRun, Status, database

# One statement, so one snapshot and one commit. ``started`` does not depend on
# ``done``: an outcome that came too late must not keep the next run from starting.
FINISH = """
WITH done AS (
    UPDATE cronmgmt_jobrun SET
        status = %(status)s,
        finished_at = COALESCE(%(now)s, statement_timestamp()),
        reason = %(reason)s,
        result = %(result)s::jsonb,
        error_class = %(error_class)s,
        error_message = %(error_message)s,
        traceback = %(traceback)s,
        duration = %(duration)s,
        cpu_seconds = %(cpu_seconds)s,
        peak_memory = %(peak_memory)s,
        progress_done = %(progress_done)s,
        progress_total = %(progress_total)s,
        items_processed = %(items_processed)s,
        active_key = NULL,
        claim_token = '',
        lease_expires_at = NULL
    WHERE id = %(id)s AND status = 'running' AND claim_token = %(token)s
    RETURNING id, job_id
), totals AS (
    UPDATE cronmgmt_scheduledjob AS job SET
        last_execution_id = %(execution_id)s,
        last_status = %(status)s,
        last_started_at = %(run_started_at)s,
        last_finished_at = COALESCE(%(now)s, statement_timestamp()),
        last_duration = %(duration)s,
        runs_total = runs_total + 1,
        last_error = CASE WHEN %(good)s THEN '' WHEN %(bad)s THEN %(error)s
            ELSE last_error END,
        last_success_at = CASE WHEN %(good)s
            THEN COALESCE(%(now)s, statement_timestamp()) ELSE last_success_at END,
        last_success_duration = CASE WHEN %(good)s THEN %(duration)s
            ELSE last_success_duration END,
        consecutive_failures = CASE WHEN %(good)s THEN 0
            WHEN %(bad)s THEN consecutive_failures + 1
            ELSE consecutive_failures END,
        failures_total = failures_total + CASE WHEN %(bad)s THEN 1 ELSE 0 END
    FROM done WHERE job.id = done.job_id
), logged AS (
    INSERT INTO cronmgmt_runlog (run_id, attempt, at, text)
    SELECT id, %(attempt)s, COALESCE(%(now)s, statement_timestamp()), %(log)s
    FROM done WHERE %(log)s <> ''
), started AS (
    UPDATE cronmgmt_jobrun SET
        status = 'running',
        attempt = attempt + 1,
        started_at = %(then_started_at)s,
        lease_expires_at = COALESCE(%(now)s, statement_timestamp()) + %(lease)s
    WHERE id = %(then)s AND status = 'claimed' AND claim_token = %(then_token)s
    RETURNING id
)
SELECT (SELECT count(*) FROM done), (SELECT count(*) FROM started)
"""


class Counts(NamedTuple):
    """How many rows were finished and started: one or none of each."""

    finished: int
    started: int


def is_usable() -> bool:
    """Return whether the runs are on PostgreSQL, and the site does not object."""
    return connections[database()].vendor == "postgresql" and not conf.PORTABLE_SQL


def finish(
    run: JobRun, outcome: Outcome, then: JobRun | None, then_started_at: datetime | None
) -> Counts:
    """Record a final outcome and start ``then``, if it is given, in one statement."""
    now = clock.fixed()
    values = {
        **_values_of(run, outcome),
        "now": now,
        "then": then.pk if then else None,
        "then_token": then.claim_token if then else "",
        "then_started_at": then_started_at,
        "lease": lease() if then else timedelta(),
    }
    return repeated(lambda: _execute(values))


def _execute(values: dict[str, Any]) -> Counts:
    with connections[database()].cursor() as cursor:
        cursor.execute(FINISH, values)
        return Counts(*cursor.fetchone())


def _values_of(run: JobRun, outcome: Outcome) -> dict[str, Any]:
    usage = dict.fromkeys(USAGE)
    usage.update(outcome.usage)
    return {
        **usage,
        "id": run.pk,
        "token": run.claim_token,
        "execution_id": run.execution_id,
        "attempt": run.attempt,
        "run_started_at": run.started_at,
        "status": str(outcome.status),
        "reason": outcome.reason,
        "result": None if outcome.result is None else json.dumps(outcome.result),
        "error_class": outcome.error_class,
        "error_message": outcome.error_message,
        "error": outcome.error_message or outcome.reason,
        "traceback": outcome.traceback,
        "duration": outcome.duration,
        "log": outcome.log,
        "good": outcome.status == Status.SUCCEEDED,
        "bad": outcome.status in FAILURES,
    }


USAGE = (
    "cpu_seconds",
    "peak_memory",
    "progress_done",
    "progress_total",
    "items_processed",
)
