"""Tasks of the framework, as a site writes them."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.utils.module_loading import import_string

from cronmgmt import NonRetryable
from cronmgmt.tasks import task as task_with_policies

task = import_string(f"{settings.TASKS_LIBRARY}.task")


@task
def add(first, second=1):
    """Return the sum."""
    return first + second


@task(priority=10, queue_name="slow")
async def multiply(first, second):
    """Return the product, awaiting nothing."""
    return first * second


@task(takes_context=True)
def tell(context, word="seen"):
    """Return what a task sees of itself."""
    result = context.task_result
    return [word, context.attempt, result.status, result.id, result.args]


@task(backend="patient")
def stumble(times, context=None):
    """Fail."""
    raise ValueError(f"no {times}")


@task
def give_up():
    """Fail for good."""
    raise NonRetryable("closed")


@task_with_policies(max_attempts=5, timeout=timedelta(minutes=2), retry_on=(OSError,))
def persist():
    """Bring policies of its own."""


@task
def report(day: date, limit: int = 10):
    """Return what it is handed, with the types that it names."""
    return [day.isoformat(), type(day).__name__, limit]


@task(backend="other")
def elsewhere(word: str = "there"):
    """Belong to another backend."""
    return word


@task
def Shout(word):  # noqa: N802
    """Have capitals in its name."""
    return word.upper()


@task
def shout(word):
    """Be another one than Shout."""
    return f"{word}!"
