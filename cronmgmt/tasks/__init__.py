"""The Tasks framework of Django 6, and of ``django-tasks`` on 5.2, kept as runs.

library     which of the two the site has
backend     ``TASKS = {"default": {"BACKEND": "cronmgmt.tasks.CronmgmtBackend"}}``
decorating  ``@task`` with policies, also where the framework's takes none
functions   a Task -> what a worker calls
results     a run -> a TaskResult
announcing  the framework's signals
"""

from __future__ import annotations

from cronmgmt.functions import adapt
from cronmgmt.tasks import announcing
from cronmgmt.tasks.backend import CronmgmtBackend, Task
from cronmgmt.tasks.decorating import task
from cronmgmt.tasks.functions import as_handler

__all__ = ["CronmgmtBackend", "Task", "task"]

adapt(as_handler)
announcing.connect()
