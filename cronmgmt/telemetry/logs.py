"""One log line for a run's start, its completion and each failure.

The fields are those of the usual audit lists for scheduled jobs; ``JsonFormatter``
writes them as one JSON object a line.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from cronmgmt.conf import conf

if TYPE_CHECKING:  # LOGGING names JsonFormatter before models can be imported.
    from cronmgmt.models import JobRun

logger = logging.getLogger("cronmgmt.runs")


class Ending(Protocol):
    """What of an outcome is logged."""

    status: str
    reason: str
    error_message: str
    traceback: str
    duration: float


Announcement = Callable[["JobRun", Ending], None]


def started(run: JobRun) -> None:
    """Log that a handler is about to be called."""
    _log(logging.INFO, "Cron job started", run)


def finished(run: JobRun, ending: Ending) -> None:
    """Log the outcome: an error unless it succeeded or somebody cancelled it."""
    if ending.status == "succeeded":
        _log(logging.INFO, "Cron job completed", run, **_end_fields(run, ending))
    elif ending.status == "cancelled":
        _log(logging.WARNING, "Cron job cancelled", run, **_end_fields(run, ending))
    else:
        _log(logging.ERROR, "Cron job failed", run, **_error_fields(run, ending))


def attempt_failed(run: JobRun, ending: Ending) -> None:
    """Log an attempt that will be followed by another."""
    fields = _error_fields(run, ending)
    _log(logging.WARNING, "Cron job will be tried again", run, **fields)


def target_ended(run: JobRun, target: str, ending: Ending) -> None:
    """Log how a run went for one of its targets."""
    if ending.status == "succeeded":
        fields = {**_end_fields(run, ending), "target": target}
        _log(logging.INFO, "Cron target completed", run, **fields)
    else:
        fields = {**_error_fields(run, ending), "target": target}
        _log(logging.ERROR, "Cron target failed", run, **fields)


def _end_fields(run: JobRun, ending: Ending) -> dict[str, Any]:
    return {
        "status": ending.status,
        "duration": round(ending.duration, 3),
        "itemsProcessed": run.items_processed,
    }


def _error_fields(run: JobRun, ending: Ending) -> dict[str, Any]:
    return {
        **_end_fields(run, ending),
        "itemsProcessedBeforeFailure": run.items_processed,
        "error": ending.error_message or ending.reason,
        "stack": ending.traceback,
    }


def _log(level: int, message: str, run: JobRun, **fields: Any) -> None:
    if not logger.isEnabledFor(level):
        return
    context = {
        "job": run.job_name,
        "jobName": run.job_name,
        "executionId": str(run.execution_id),
        "instanceId": run.worker,
        "attempt": run.attempt,
        "scheduledTime": _instant(run.scheduled_for),
        "actualStartTime": _instant(run.started_at),
        **({"target": run.target} if run.target else {}),
        **fields,
    }
    logger.log(level, "%s: %s", message, run.job_name, extra={"cronmgmt": context})


def _instant(value: object) -> str | None:
    return value.isoformat() if isinstance(value, datetime) else None


class JsonFormatter(logging.Formatter):
    """Writes one JSON object a line; use it in the host's ``LOGGING``."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "timestamp": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": conf.SERVICE,
            "logger": record.name,
            "message": record.getMessage(),
        }
        context = getattr(record, "cronmgmt", None)
        if context is not None:
            line["context"] = context
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)
