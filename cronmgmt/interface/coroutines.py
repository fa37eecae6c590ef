"""The same calls for code that awaits: each does its work in Django's own thread."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import sync_to_async

from cronmgmt.interface.jobs import (
    cancel_job,
    cancel_run,
    get_job_status,
    get_last_execution_result,
    list_scheduled_jobs,
    register_job,
    trigger_job,
)
from cronmgmt.interface.work import enqueue, enqueue_many

P = ParamSpec("P")
T = TypeVar("T")


def _awaited(function: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    @wraps(function)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        return await sync_to_async(function, thread_sensitive=True)(*args, **kwargs)

    call.__name__ = call.__qualname__ = f"a{function.__name__}"
    return call


aenqueue = _awaited(enqueue)
aenqueue_many = _awaited(enqueue_many)
acancel_job = _awaited(cancel_job)
acancel_run = _awaited(cancel_run)
aget_job_status = _awaited(get_job_status)
aget_last_execution_result = _awaited(get_last_execution_result)
alist_scheduled_jobs = _awaited(list_scheduled_jobs)
aregister_job = _awaited(register_job)
atrigger_job = _awaited(trigger_job)
