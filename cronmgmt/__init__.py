"""Scheduled jobs that a Django team can see, steer and trust.

The way of a job, a file per step::

    registry.py       @job: what the code declares, and which handlers may run
    schedules/        when: cron, interval, once; pure values, no Django
    models/           what is kept: ScheduledJob, JobRun and the rest
    engine/
      scheduling.py   due job -> queued run
      claiming.py     queued run -> claimed -> running
      execution.py    running run -> outcome
      finishing.py    outcome -> what is recorded
      supervision.py  while it runs: lease, log, progress, time-out, cancel
      recovery.py     runs whose worker died -> queued again, or lost
      actions/        every verb that a person or a program may use
      node.py         the process that keeps all of it going
    actors.py         who asks, and which rows they may see
    queries/          every question that pages, API and commands ask
    ledger.py         what became of an occurrence, and why
    doctor/           whether the site is set up so that work runs

What a site uses stands here and is loaded when it is first asked for, so that this
package can be imported before Django is ready.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cronmgmt.engine.context import Run
    from cronmgmt.errors import NonRetryable, Refused, Retry
    from cronmgmt.interface import (
        acancel_job,
        acancel_run,
        aenqueue,
        aenqueue_many,
        aget_job_status,
        aget_last_execution_result,
        alist_scheduled_jobs,
        aregister_job,
        atrigger_job,
        cancel_job,
        cancel_run,
        enqueue,
        enqueue_many,
        get_job_status,
        get_last_execution_result,
        list_scheduled_jobs,
        register_job,
        trigger_job,
    )
    from cronmgmt.registry import handler, job

__all__ = [
    "NonRetryable",
    "Refused",
    "Retry",
    "Run",
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
    "handler",
    "job",
    "list_scheduled_jobs",
    "register_job",
    "trigger_job",
]

_HOMES = {
    "NonRetryable": "errors",
    "Refused": "errors",
    "Retry": "errors",
    "Run": "engine.context",
    "handler": "registry",
    "job": "registry",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module(f"{__name__}.conf").VERSION
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = import_module(f"{__name__}.{_HOMES.get(name, 'interface')}")
    return getattr(home, name)
