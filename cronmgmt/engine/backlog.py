"""Which queues have work that waits, and since when."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet

from cronmgmt.clock import sql_now
from cronmgmt.models import JobRun, Status


def waiting_queues(ahead: timedelta | None = None) -> list[str]:
    """Return the queues with a run that is available now, or within ``ahead``.

    One short look into the index per queue, however long each of them is.
    """
    queues: list[str] = []
    queue = ""
    queued = JobRun.objects.filter(status=Status.QUEUED)
    while True:
        following = queued.filter(queue__gt=queue).order_by("queue")
        found = following.values_list("queue", flat=True).first()
        if found is None:
            return queues
        queue = found
        available = queued.filter(queue=queue, available_at__lte=sql_now(ahead))
        if available.exists():
            queues.append(queue)


def waiting(queue: str, at_most: int) -> int:
    """Return how many runs of the queue could start now, counted up to ``at_most``."""
    return len(_available(queue).values_list("pk")[:at_most])


def oldest_wait(queue: str) -> timedelta:
    """Return how long the next run of the queue has been available; zero if none."""
    first = _available(queue).order_by("priority", "available_at", "id")
    times = first.values_list(sql_now(), "available_at").first()
    return times[0] - times[1] if times else timedelta()


def _available(queue: str) -> QuerySet[JobRun]:
    return JobRun.objects.filter(
        queue=queue, status=Status.QUEUED, available_at__lte=sql_now()
    )
