"""``@task`` with policies, where the framework's own takes none: on Django 6.0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cronmgmt.tasks.library import AnyTask, task_backends

Function = Callable[..., Any]


def task(
    function: Function | None = None,
    *,
    priority: int = 0,
    queue_name: str = "default",
    backend: str = "default",
    takes_context: bool = False,
    **policies: Any,
) -> AnyTask | Callable[[Function], AnyTask]:
    """Make a Task of a function, as the framework's ``@task`` does since Django 6.1.

    ``policies`` are those of the backend's Tasks, such as ``max_attempts=3``. Raises
    InvalidTask for one that is wrong, and TypeError for one that there is not.
    """

    def made(of: Function) -> AnyTask:
        return task_backends[backend].task_class(
            func=of,
            priority=priority,
            queue_name=queue_name,
            backend=backend,
            takes_context=takes_context,
            run_after=None,
            **policies,
        )

    return made(function) if function else made
