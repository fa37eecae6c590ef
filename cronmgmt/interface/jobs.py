"""Jobs and their runs, from application code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from cronmgmt import queries
from cronmgmt.engine import actions
from cronmgmt.engine.actions import CODE
from cronmgmt.errors import InvalidJob
from cronmgmt.models import JobRun, ScheduledJob


def register_job(
    name: str,
    cron_expression: str | None,
    handler: str | Callable[..., Any],
    *,
    timezone: str = "UTC",
    params: Mapping[str, Any] | None = None,
    **policies: Any,
) -> ScheduledJob:
    """Make a job at run time, or change the one of that name; a retired one returns.

    ``handler`` is a registered name or a module-level function that every process can
    import. Raises HandlerRefused for a lambda, closure or bound method, and
    InvalidSchedule, InvalidJob, InvalidParameters or UnknownHandler.
    """
    try:
        return actions.register_job(
            name, cron_expression, handler, timezone=timezone, params=params, **policies
        )
    except ValidationError as error:
        wrong = (f"{key}: {' '.join(said)}" for key, said in error.message_dict.items())
        raise InvalidJob(f"Job {name}: {'; '.join(wrong)}") from None


def trigger_job(
    name: str,
    params: Mapping[str, Any] | None = None,
    *,
    notify: Any = None,
    target: str = "",
) -> UUID:
    """Queue a run of the job now and return its execution id.

    ``notify`` is mailed when it ends: an address, a user, or several of them.
    ``target`` is the one to do, of a job that goes over several; by default all. Joins
    the caller's transaction. Raises UnknownJob, InvalidParameters, InvalidWork for
    what is no address, Refused for an unknown target, or Blocked when an unfinished
    run of the job is in the way.
    """
    run = actions.trigger(name, CODE, params=params, notify=notify, target=target)
    return run.execution_id


def cancel_job(name: str) -> None:
    """Deregister a job: it stays retired over later deploys until registered again."""
    actions.cancel_job(name)


def cancel_run(execution_id: UUID | str, reason: str = "") -> JobRun:
    """Cancel a run, or interrupt it if it runs. Raises Refused when it is finished."""
    return actions.cancel_run(execution_id, reason=reason)


def list_scheduled_jobs() -> list[dict[str, Any]]:
    """Return the status of every job in service, by name; see :func:`get_job_status`."""
    return [queries.job_as_json(state) for state in queries.jobs()]


def get_job_status(name: str) -> dict[str, Any]:
    """Return one job's status: the keys of ``/cron/status`` with their values.

    ``status`` is ``idle``, ``running`` or ``error``; times are ISO 8601 in UTC,
    ``duration`` is in seconds. Raises UnknownJob.
    """
    return queries.job_as_json(queries.job(name))


def get_last_execution_result(name: str) -> dict[str, Any] | None:
    """Return how the job's latest run ended; None before the first.

    Keys: ``status``, ``duration`` (seconds), ``error``, ``result``, ``itemsProcessed``,
    ``progress`` (``done``, ``total``), ``executionId``, ``startedAt``, ``finishedAt``. Raises UnknownJob.
    """
    run = queries.last_result(name)
    return None if run is None else queries.result_as_json(run)
