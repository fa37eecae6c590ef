"""The tasks."""

from __future__ import annotations

from django_tasks import task

from benchmarks.sites import handlers


@task()
def nothing() -> None:
    """Do nothing."""
    handlers.nothing()


@task()
def take(number: int) -> None:
    """Do nothing with what it is handed."""
    handlers.take(number)


@task()
def note(label: str) -> None:
    """Note when the task was started."""
    handlers.note(label)
