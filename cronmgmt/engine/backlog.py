"""Which queues have work that waits, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from cronmgmt.clock import sql_now
from cronmgmt.models import JobRun, Status

MOST_TIMES = 20


def waiting_queues(ahead: timedelta | None = None) -> list[str]:
    """Return the queues with a run that is available now, or within ``ahead``.

    One short look into the index per queue, however long each of them is.
    """
    queued = JobRun.objects.filter(status=Status.QUEUED)
    available = queued.filter(available_at__lte=sql_now(ahead))
    queues = _distinct(queued, "queue")
    return [queue for queue in queues if available.filter(queue=queue).exists()]


def deferred(ahead: timedelta) -> list[tuple[str, timedelta]]:
    """Return when work for later becomes available, by queue, if it is within ``ahead``.

    As far as the index tells without being read whole, and no more than anybody needs:
    who is rung for one run takes those that follow.
    """
    found: list[tuple[str, timedelta]] = []
    queued = JobRun.objects.filter(status=Status.QUEUED)
    soon = queued.filter(available_at__gt=sql_now(), available_at__lte=sql_now(ahead))
    for queue in _distinct(queued, "queue"):
        for priority in _distinct(queued.filter(queue=queue), "priority"):
            runs = soon.filter(queue=queue, priority=priority).order_by("available_at")
            times = runs.values_list("available_at", sql_now())[:MOST_TIMES]
            found += [(queue, at - now) for at, now in times]
    return found


def _distinct(runs: QuerySet[JobRun], column: str) -> Iterator[Any]:
    """Yield the values of a column, each by one short look into the index."""
    rest = runs.order_by(column).values_list(column, flat=True)
    value = rest.first()
    while value is not None:
        yield value
        value = rest.filter(**{f"{column}__gt": value}).first()


def waiting(queue: str, at_most: int) -> int:
    """Return how many runs of the queue could start now, counted up to ``at_most``."""
    return len(_available(queue).values_list("pk")[:at_most])


def oldest_wait(queue: str) -> timedelta:
    """Return how long the next run of the queue has been available; zero if none."""
    first = _available(queue).order_by("priority", "available_at", "id")
    times = first.values_list(sql_now(), "available_at").first()
    return times[0] - times[1] if times else timedelta()


def _available(queue: str, ahead: timedelta | None = None) -> QuerySet[JobRun]:
    return JobRun.objects.filter(
        queue=queue, status=Status.QUEUED, available_at__lte=sql_now(ahead)
    )


def foremost_queue(ahead: timedelta | None = None) -> str | None:
    """Return the queue whose next run comes before those of all others; None if none.

    Only runs count that are available now, or within ``ahead``.
    """
    heads = []
    for queue in waiting_queues(ahead):
        first = _available(queue, ahead).order_by("priority", "available_at", "id")
        head = first.values_list("priority", "available_at", "id").first()
        if head is not None:
            heads.append((head, queue))
    return min(heads)[1] if heads else None
