"""A run -> the TaskResult by which the Tasks framework knows it."""

from __future__ import annotations

from typing import Any

from cronmgmt import errors
from cronmgmt.models import JobRun, RunAttempt, Status
from cronmgmt.tasks.library import (
    AnyResult,
    AnyTask,
    TaskError,
    TaskResult,
    TaskResultStatus,
)

STATUSES = {
    Status.QUEUED: TaskResultStatus.READY,
    Status.WAITING: TaskResultStatus.READY,
    Status.CLAIMED: TaskResultStatus.READY,
    Status.RUNNING: TaskResultStatus.RUNNING,
    Status.SUCCEEDED: TaskResultStatus.SUCCESSFUL,
}
"""Every other status is FAILED: the task did not do its work, and will not."""

UNRAISED = {
    Status.CANCELLED: "cronmgmt.errors.RunCancelled",
    Status.LOST: "cronmgmt.errors.LeaseLost",
}
"""The error of a run that ended without one, by its status or attempt's outcome."""


def result_of(run: JobRun, task: AnyTask, backend: str) -> AnyResult:
    """Return what became of a run of ``task``, all its attempts included."""
    # It has a worker from its claim on, until it is queued again.
    before = run.claims - bool(run.worker)
    attempts = list(RunAttempt.objects.filter(run=run)) if before > 0 else []
    tries: list[JobRun | RunAttempt] = [*attempts]
    if run.worker and run.status != Status.CLAIMED:
        tries.append(run)
    ended: list[JobRun | RunAttempt] = [*attempts, run]
    starts = [each.started_at for each in tries if each.started_at]
    result: AnyResult = TaskResult(
        task=task,
        id=str(run.execution_id),
        status=STATUSES.get(Status(run.status), TaskResultStatus.FAILED),
        enqueued_at=run.created_at,
        started_at=min(starts, default=None),
        finished_at=run.finished_at,
        last_attempted_at=max(starts, default=None),
        args=run.params.get("args") or [],
        kwargs=run.params.get("kwargs") or {},
        backend=backend,
        errors=[error for each in ended if (error := _error(each))],
        worker_ids=[each.worker for each in tries],
    )
    object.__setattr__(result, "_return_value", run.result)
    return result


def _error(each: JobRun | RunAttempt) -> TaskError | None:
    outcome: Any = each.status if isinstance(each, JobRun) else each.outcome
    path = each.error_class or UNRAISED.get(outcome, "")
    if not path:
        return None
    if "." not in path:
        # As it is stored: a built-in exception, or one of our own, by its bare name.
        home = "cronmgmt.errors" if hasattr(errors, path) else "builtins"
        path = f"{home}.{path}"
    return TaskError(exception_class_path=path, traceback=each.traceback or each.reason)
