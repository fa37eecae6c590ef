"""The Python interface: what application code calls.

jobs        register, trigger, cancel, list, last result
work        enqueue
coroutines  the same, awaited
"""

from __future__ import annotations

from cronmgmt.interface.coroutines import (
    acancel_job,
    acancel_run,
    aenqueue,
    aenqueue_many,
    aget_job_status,
    aget_last_execution_result,
    alist_scheduled_jobs,
    aregister_job,
    atrigger_job,
)
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

__all__ = [
    "acancel_job",
    "acancel_run",
    "aenqueue",
    "aenqueue_many",
    "aget_job_status",
    "aget_last_execution_result",
    "alist_scheduled_jobs",
    "aregister_job",
    "atrigger_job",
    "cancel_job",
    "cancel_run",
    "enqueue",
    "enqueue_many",
    "get_job_status",
    "get_last_execution_result",
    "list_scheduled_jobs",
    "register_job",
    "trigger_job",
]
