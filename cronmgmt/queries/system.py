"""The nodes, the backlog, and what keeps everything from running."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q

from cronmgmt import clock
from cronmgmt.models import TICK, JobRun, Node, Pause, ScheduledJob, Status, database

NODE_SILENT_AFTER = timedelta(minutes=1)
TICKS_SILENT_AFTER = timedelta(minutes=3)


def live_nodes() -> list[Node]:
    """Return the nodes that were seen within the last minute and did not stop.

    Among them the row of the ticks, if one came within the last three minutes.
    """
    now = clock.now(database())
    lately = Q(seen_at__gte=now - NODE_SILENT_AFTER)
    ticks = Q(name=TICK, seen_at__gte=now - TICKS_SILENT_AFTER)
    return list(Node.objects.filter(lately | ticks, stopped_at=None))


def pauses(now: datetime | None = None) -> list[Pause]:
    """Return what keeps everything, or the jobs of a tag, from running now."""
    return Pause.not_over(now or clock.now(database()))


def backlog() -> dict[str, int]:
    """Return how many runs wait per queue, counting only those that are available."""
    now = clock.now(database())
    waiting = JobRun.objects.filter(status=Status.QUEUED, available_at__lte=now)
    counted = waiting.order_by().values_list("queue").annotate(Count("pk"))
    return dict(counted)


def parked() -> int:
    """Return how many runs wait for a lock."""
    waiting = JobRun.objects.filter(waits_for__isnull=False, status=Status.WAITING)
    return waiting.count()


def is_reachable() -> bool:
    """Read from the app's tables; a database that is down raises its own error."""
    ScheduledJob.objects.exists()
    return True
