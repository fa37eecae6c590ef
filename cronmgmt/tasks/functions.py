"""A Task -> the function that a worker calls: as it was enqueued, or as a job's handler."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any, get_type_hints

from cronmgmt.models import JobRun
from cronmgmt.tasks.library import AnyContext, AnyTask, BaseTask, TaskContext
from cronmgmt.tasks.results import result_of
from cronmgmt.text import NAME_LENGTH, digest, is_name

PREFIX = "task:"
Function = Callable[..., Any]


def handler_name(task: AnyTask) -> str:
    """Return the name of the handler that does what is enqueued of a task."""
    path = f"{task.func.__module__}.{task.func.__qualname__}"
    name = f"{PREFIX}{path.lower()}"
    if is_name(name) and path == path.lower():
        return name
    # Of two tasks whose names differ in capitals only, each has its own.
    short = "".join(each for each in name if is_name(each))[: NAME_LENGTH - 13]
    return f"{short}.{digest(path)[:12]}"


def as_handler(value: object, name: str) -> Function | None:
    """Return what is to be called for a Task; None for anything else."""
    if not isinstance(value, BaseTask):
        return None
    _tasks.setdefault(value.func, value)
    made = _enqueued if name.startswith(PREFIX) else _by_name
    return made(value.func, value.takes_context)


_tasks: dict[Function, AnyTask] = {}
"""The first Task of each function: others are copies of it on other terms."""


@lru_cache(maxsize=1024)
def _enqueued(function: Function, takes_context: bool) -> Function:
    """Return a handler that takes the arguments as ``enqueue`` was given them."""

    def call(run: Any, args: list = None, kwargs: dict = None) -> Any:  # type: ignore[assignment, type-arg]
        first = _context(run, function) if takes_context else ()
        return function(*first, *(args or []), **(kwargs or {}))

    return _disguised(call, function)


@lru_cache(maxsize=1024)
def _by_name(function: Function, takes_context: bool) -> Function:
    """Return a handler whose parameters are those of the task, checked by their types."""

    def call(run: Any, **params: Any) -> Any:
        first = _context(run, function) if takes_context else ()
        return function(*first, **params)

    own = list(inspect.signature(function).parameters.values())
    first = inspect.Parameter("run", inspect.Parameter.POSITIONAL_ONLY)
    rest = own[1:] if takes_context else own
    call.__signature__ = inspect.Signature([first, *rest])  # type: ignore[attr-defined]
    try:
        call.__annotations__ = get_type_hints(function)
    except (NameError, TypeError, AttributeError):
        call.__annotations__ = {}  # Imported for type checkers only.
    return _disguised(call, function)


def _context(run: Any, function: Function) -> tuple[AnyContext]:
    row = JobRun.objects.get(execution_id=run.execution_id)
    task = _tasks[function]
    return (TaskContext(task_result=result_of(row, task, task.backend)),)


def _disguised(call: Function, function: Function) -> Function:
    """Let ``call`` say that it is the task's function: messages name that one."""
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(call, name, getattr(function, name))
    return call
