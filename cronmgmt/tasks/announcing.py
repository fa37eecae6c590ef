"""A run of a Task starts or ends -> the signals of the Tasks framework."""

from __future__ import annotations

from typing import Any

from cronmgmt.models import JobRun
from cronmgmt.signals import run_finished, run_started
from cronmgmt.tasks.backend import CronmgmtBackend, task_of
from cronmgmt.tasks.library import task_finished, task_started
from cronmgmt.tasks.results import result_of


def connect() -> None:
    """Send ``task_started`` and ``task_finished`` in this process from now on."""
    run_started.connect(_started, dispatch_uid="cronmgmt.tasks")
    run_finished.connect(_finished, dispatch_uid="cronmgmt.tasks")


def _started(run: JobRun, **kwargs: Any) -> None:
    if task := task_of(run):
        result = result_of(run, task, task.backend)
        task_started.send(CronmgmtBackend, task_result=result)


def _finished(run: JobRun, **kwargs: Any) -> None:
    if task := task_of(run):
        ended = JobRun.objects.get(pk=run.pk)
        result = result_of(ended, task, task.backend)
        task_finished.send(CronmgmtBackend, task_result=result)
