"""Job -> an unsaved run that holds all that its execution needs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cronmgmt.conf import conf
from cronmgmt.engine.overlap import active_keys, lock_columns
from cronmgmt.models import JobRun, ScheduledJob, Status
from cronmgmt.parameters import json_object

COPIED = {
    "job_name": "name",
    "handler": "handler",
    "params": "params",
    "queue": "queue",
    "priority": "priority",
    "max_attempts": "max_attempts",
    "backoff": "backoff",
    "backoff_ceiling": "backoff_ceiling",
    "retry_on": "retry_on",
    "memory_limit": "memory_limit",
    "on_lost": "on_lost",
    "notify": "mail_to",
}
"""The columns of a run that are a job's own, as they are."""


def make_run(job: ScheduledJob, origin: str, now: datetime, **changes: Any) -> JobRun:
    """Return a queued run of ``job``, to be started at once unless changed.

    Raises InvalidParameters for a row whose parameters were edited into something else.
    """
    fields = {
        **{column: getattr(job, source) for column, source in COPIED.items()},
        "job": job,
        "params": json_object(job.params, name=job.name),
        "origin": origin,
        "available_at": now,
        "created_at": now,
        "status": Status.QUEUED,
        "timeout": job.timeout or conf.TIMEOUT,
        "active_key": next(iter(active_keys(job)), None),
        **lock_columns(job),
        **changes,
    }
    return JobRun(**fields)


def make_occurrence(
    job: ScheduledJob, origin: str, now: datetime, occurrence: datetime
) -> JobRun:
    """Return the run of one occurrence, available at it plus its share of jitter."""
    due = job.start_of(occurrence)
    return make_run(
        job,
        origin,
        now,
        scheduled_for=occurrence,
        intended_for=occurrence,
        available_at=due,
        start_by=due + job.start_deadline if job.start_deadline else None,
    )
