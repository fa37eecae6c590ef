"""Job -> an unsaved run that holds all that its execution needs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cronmgmt.conf import conf
from cronmgmt.engine.overlap import active_keys, lock_columns
from cronmgmt.models import JobRun, ScheduledJob, Status
from cronmgmt.parameters import json_object
from cronmgmt.schedules import delay_within


def make_run(job: ScheduledJob, origin: str, now: datetime, **changes: Any) -> JobRun:
    """Return a queued run of ``job``, to be started at once unless changed.

    Raises InvalidParameters for a row whose parameters were edited into something else.
    """
    fields = {
        "job": job,
        "job_name": job.name,
        "handler": job.handler,
        "params": json_object(job.params, name=job.name),
        "queue": job.queue,
        "priority": job.priority,
        "origin": origin,
        "available_at": now,
        "created_at": now,
        "status": Status.QUEUED,
        "timeout": job.timeout or conf.TIMEOUT,
        "max_attempts": job.max_attempts,
        "backoff": job.backoff,
        "backoff_ceiling": job.backoff_ceiling,
        "retry_on": job.retry_on,
        "memory_limit": job.memory_limit,
        "on_lost": job.on_lost,
        "active_key": next(iter(active_keys(job)), None),
        **lock_columns(job),
        **changes,
    }
    return JobRun(**fields)


def make_occurrence(
    job: ScheduledJob, origin: str, now: datetime, occurrence: datetime
) -> JobRun:
    """Return the run of one occurrence, available at it plus its share of jitter."""
    due = occurrence + delay_within(job.name, occurrence, job.jitter)
    return make_run(
        job,
        origin,
        now,
        scheduled_for=occurrence,
        intended_for=occurrence,
        available_at=due,
        start_by=due + job.start_deadline if job.start_deadline else None,
    )
