"""What PostgreSQL does in one statement and the portable way in several.

Finishing a run and starting the next is five round trips through the ORM; here it is
one, planned once a connection. Both ways do the same, and the same tests hold them to
it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connections

from cronmgmt import clock
from cronmgmt.conf import conf
from cronmgmt.engine.leases import lease
from cronmgmt.engine.outcomes import Outcome
from cronmgmt.engine.prepared import Statement, execute
from cronmgmt.engine.transactions import repeated
from cronmgmt.models import FAILURES, JobRun, Status, database

# One statement, so one snapshot and one commit. ``started`` does not depend on
# ``done``: an outcome that came too late must not keep the next run from starting.
DONE = """
done AS (
    UPDATE cronmgmt_jobrun SET
        status = {status},
        finished_at = {now},
        duration = {duration},
        active_key = NULL,
        claim_token = '',
        lease_expires_at = NULL{left}
    WHERE id = {id} AND status = 'running' AND claim_token = {token}
    RETURNING id, job_id
)"""

TOTALS = """
totals AS (
    UPDATE cronmgmt_scheduledjob AS job SET
        last_execution_id = {execution_id},
        last_status = {status},
        last_started_at = {run_started_at},
        last_finished_at = {now},
        last_duration = {duration},
        runs_total = runs_total + 1{counted}
    FROM done WHERE job.id = done.job_id
)"""

GOOD = """,
        last_error = '',
        last_success_at = {now},
        last_success_duration = {duration},
        consecutive_failures = 0"""

BAD = """,
        last_error = {error},
        consecutive_failures = consecutive_failures + 1,
        failures_total = failures_total + 1,
        last_failure_at = {now}"""

LOGGED = """
logged AS (
    INSERT INTO cronmgmt_runlog (run_id, attempt, at, text)
    SELECT id, {attempt}, {now}, {log} FROM done
)"""

STARTED = """
started AS (
    UPDATE cronmgmt_jobrun SET
        status = 'running',
        attempt = attempt + 1,
        started_at = {then_started_at},
        lease_expires_at = {now} + {lease}
    WHERE id = {then} AND status = 'claimed' AND claim_token = {then_token}
    RETURNING id
)"""

LEFT = {
    "reason": "text",
    "result": "jsonb",
    "error_class": "text",
    "error_message": "text",
    "traceback": "text",
    "cpu_seconds": "float8",
    "peak_memory": "bigint",
    "progress_done": "bigint",
    "progress_total": "bigint",
    "items_processed": "bigint",
}
"""What a run leaves besides its status, and the columns' types."""

TYPES = {
    **LEFT,
    "id": "bigint",
    "token": "text",
    "status": "text",
    "duration": "float8",
    "fixed_now": "timestamptz",
    "execution_id": "uuid",
    "run_started_at": "timestamptz",
    "error": "text",
    "attempt": "int",
    "log": "text",
    "then": "bigint",
    "then_token": "text",
    "then_started_at": "timestamptz",
    "lease": "interval",
}


class Counts(NamedTuple):
    """How many rows were finished and started: one or none of each."""

    finished: int
    started: int


class Shape(NamedTuple):
    """What a statement has to do; there are few of them, each is planned once."""

    left: tuple[str, ...]
    counted: str
    has_job: bool
    has_log: bool
    has_next: bool
    is_timed: bool

    def sql(self) -> str:
        """Return the statement, each value as its name in braces."""
        left = "".join(f",\n        {name} = {{{name}}}" for name in self.left)
        parts = [DONE.replace("{left}", left)]
        if self.has_job:
            parts.append(TOTALS.replace("{counted}", self.counted))
        if self.has_log:
            parts.append(LOGGED)
        if self.has_next:
            parts.append(STARTED)
        started = "(SELECT count(*) FROM started)" if self.has_next else "0"
        counts = f"\nSELECT (SELECT count(*) FROM done), {started}"
        now = "{fixed_now}" if self.is_timed else "statement_timestamp()"
        return f"WITH {','.join(parts)}{counts}".replace("{now}", now)


def is_usable() -> bool:
    """Return whether the runs are on PostgreSQL, and the site does not object."""
    return connections[database()].vendor == "postgresql" and not conf.PORTABLE_SQL


def finish(
    run: JobRun, outcome: Outcome, then: JobRun | None, then_started_at: datetime | None
) -> Counts:
    """Record a final outcome and start ``then``, if it is given, in one statement."""
    values = _values_of(run, outcome)
    shape = _shape_of(run, outcome, then, values)
    if shape.is_timed:
        values["fixed_now"] = clock.fixed()
    if then is not None:
        values["then"] = then.pk
        values["then_token"] = then.claim_token
        values["then_started_at"] = then_started_at
        values["lease"] = lease()
    statement = _statement(shape)
    found = repeated(lambda: execute(connections[database()], statement, values))
    return Counts(*found)


_statements: dict[Shape, Statement] = {}


def _statement(shape: Shape) -> Statement:
    if shape not in _statements:
        _statements[shape] = Statement("cronmgmt_finish", shape.sql(), TYPES)
    return _statements[shape]


def _shape_of(
    run: JobRun, outcome: Outcome, then: JobRun | None, values: dict[str, Any]
) -> Shape:
    # A later attempt finds what an earlier one, or a loss, has left in the row.
    is_first = run.attempt <= 1 and not run.losses
    left = [name for name in LEFT if not is_first or values[name] not in (None, "")]
    good, bad = outcome.status == Status.SUCCEEDED, outcome.status in FAILURES
    return Shape(
        left=tuple(left),
        counted=GOOD if good else BAD if bad else "",
        has_job=run.job_id is not None,
        has_log=bool(outcome.log),
        has_next=then is not None,
        is_timed=clock.fixed() is not None,
    )


def _values_of(run: JobRun, outcome: Outcome) -> dict[str, Any]:
    return {
        **dict.fromkeys(USAGE),
        **outcome.usage,
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
    }


ADVANCE = """
UPDATE cronmgmt_scheduledjob AS job SET next_run_at = moved.next_run_at
FROM unnest(%s::bigint[], %s::timestamptz[]) AS moved (id, next_run_at)
WHERE job.id = moved.id
"""


def advance(moved: Mapping[int, datetime | None]) -> None:
    """Set when each of these jobs is due next."""
    with connections[database()].cursor() as cursor:
        cursor.execute(ADVANCE, [list(moved), list(moved.values())])


USAGE = (
    "cpu_seconds",
    "peak_memory",
    "progress_done",
    "progress_total",
    "items_processed",
)
