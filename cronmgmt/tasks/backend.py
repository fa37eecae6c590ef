"""``@task`` and ``enqueue`` of the Tasks framework -> runs with history and retries."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured

from cronmgmt import registry
from cronmgmt.engine import actions
from cronmgmt.engine.resolving import remember_once, resolve
from cronmgmt.errors import HandlerError, InvalidJob
from cronmgmt.models import JobRun
from cronmgmt.policies import work_policies
from cronmgmt.tasks.functions import PREFIX, as_handler, handler_name
from cronmgmt.tasks.library import (
    AnyResult,
    AnyTask,
    BaseTask,
    BaseTaskBackend,
    InvalidTask,
    TaskResultDoesNotExist,
    normalize_json,
    task_enqueued,
)
from cronmgmt.tasks.results import result_of
from cronmgmt.text import is_name

NORMAL = 20
"""The priority of a run whose task has the priority 0. There, higher is sooner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(AnyTask):
    """A Task that may bring policies of its own: ``@task(max_attempts=3)``."""

    timeout: timedelta | None = None
    memory_limit: int | None = None
    max_attempts: int | None = None
    backoff: timedelta | None = None
    backoff_ceiling: timedelta | None = None
    retry_on: tuple[type[BaseException] | str, ...] | None = None
    on_lost: str | None = None
    lock_key: str | None = None
    concurrency: int | None = None

    def policies(self) -> dict[str, Any]:
        """Return those that are given, checked. Raises InvalidJob."""
        own = {each.name for each in fields(self)}
        own -= {each.name for each in fields(BaseTask)}
        return work_policies(self.name, {name: getattr(self, name) for name in own})


class CronmgmtBackend(BaseTaskBackend):
    """Keeps Tasks as runs. ``OPTIONS`` are the policies of all Tasks of the backend."""

    task_class = Task
    supports_defer = True
    supports_async_task = True
    supports_get_result = True
    supports_priority = True

    def __init__(self, alias: str, params: dict[str, Any]) -> None:
        super().__init__(alias, params)
        try:
            self.policies = work_policies(f"TASKS[{alias!r}]", self.options)
        except InvalidJob as error:
            raise ImproperlyConfigured(str(error)) from None

    def validate_task(self, task: AnyTask) -> None:
        """Raise InvalidTask for what cannot be run; let workers know of the others."""
        super().validate_task(task)
        if not is_name(task.queue_name):
            raise InvalidTask(
                f"Queue {task.queue_name!r}: use a-z, 0-9 and _ . : - in its name."
            )
        try:
            _policies(task)
        except InvalidJob as error:
            raise InvalidTask(str(error)) from None
        _register(task)

    def enqueue(self, task: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        """Queue a run of the task, in the transaction that is open.

        Raises TypeError or ValueError for arguments that are not JSON.
        """
        self.validate_task(task)
        name = handler_name(task)
        params = {"args": normalize_json(list(args)), "kwargs": normalize_json(kwargs)}
        remember_once(name, f"{task.func.__module__}:{task.func.__qualname__}")
        queued = actions.enqueue(
            name,
            params,
            queue=task.queue_name,
            priority=NORMAL - int(task.priority),
            at=task.run_after,
            **{**self.policies, **_policies(task)},
        )
        run = JobRun.objects.get(execution_id=queued.execution_id)
        result = result_of(run, task, self.alias)
        task_enqueued.send(type(self), task_result=result)
        return result

    def get_result(self, result_id: str) -> AnyResult:
        """Return the result of a run, or raise TaskResultDoesNotExist."""
        try:
            run = JobRun.objects.get(execution_id=UUID(str(result_id)))
        except (ValueError, JobRun.DoesNotExist):
            raise TaskResultDoesNotExist(result_id) from None
        return result_of(run, self._task_of(run), self.alias)

    def _task_of(self, run: JobRun) -> AnyTask:
        task = task_of(run)
        if task is None:
            raise TaskResultDoesNotExist(str(run.execution_id))
        return task.using(
            priority=NORMAL - run.priority,
            queue_name=run.queue,
            run_after=run.intended_for,
            backend=self.alias,
        )


_tasks: dict[str, AnyTask] = {}
"""The Tasks that this process knows, by their handlers' names."""


def task_of(run: JobRun) -> AnyTask | None:
    """Return the Task that a run does, if it was enqueued as one and is still there."""
    if not run.handler.startswith(PREFIX):
        return None
    try:
        resolve(run.handler)
    except HandlerError:
        return None
    return _tasks.get(run.handler)


def _register(task: AnyTask) -> None:
    name = handler_name(task)
    known = _tasks.get(name)
    if known is not None and known.func is task.func and registry.is_registered(name):
        return
    function = as_handler(task, name)
    assert function is not None
    registry.add_handler(name, function)
    _tasks[name] = task


def _policies(task: AnyTask) -> dict[str, Any]:
    return task.policies() if isinstance(task, Task) else {}
