"""How the queue is doing: what waits, runs and ended lately, and whether it is well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from cronmgmt import clock
from cronmgmt.actors import Actor, visible_to
from cronmgmt.models import FAILURES, HourCount, JobRun, Node, Status, database

STUCK_AFTER = timedelta(minutes=5)
SILENT_AFTER = timedelta(minutes=3)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Work:
    """Counts of runs, and whether work goes on.

    ``pending`` counts what is queued, for now or for later, or waits for a lock;
    ``running`` what a worker holds; the others what ended within the last 24 hours.
    """

    pending: int
    running: int
    completed: int
    failed: int
    healthy: bool


def work(actor: Actor | None = None) -> Work:
    """Return the counts of now, of the runs that the actor may see.

    What it reads does not grow with older history. Of a day's runs only the last two
    hours' are counted, the others were before; but for somebody to whom not all jobs
    are there, all.
    """
    now = clock.now(database())
    runs = visible_to(actor, JobRun.objects.all())
    queued = runs.filter(status=Status.QUEUED).order_by()
    waiting = queued.aggregate(count=Count("pk"), first=Min("available_at"))
    is_stuck = waiting["first"] is not None and waiting["first"] < now - STUCK_AFTER
    completed, failed = _ended_since(now - DAY, runs)
    return Work(
        pending=waiting["count"] + _parked(runs).count(),
        running=runs.filter(lease_expires_at__isnull=False).count(),
        completed=completed,
        failed=failed,
        # Work that could have begun so long ago, and nobody took it.
        healthy=_somebody_reports(now) and not is_stuck,
    )


def _ended_since(since: datetime, runs: QuerySet[JobRun]) -> tuple[int, int]:
    """Return how many runs succeeded and failed: counted hours, and what is beside."""
    sees_all = not runs.query.where
    hours = _counted_hours(since) if sees_all else []
    lately = runs.filter(finished_at__gt=since)
    if hours:
        first, end = hours[0].begin, hours[-1].begin + HOUR
        before = Q(finished_at__gt=since, finished_at__lt=first)
        lately = runs.filter(before | Q(finished_at__gte=end))
    counts = dict(lately.order_by().values_list("status").annotate(Count("pk")))
    return (
        counts.get(Status.SUCCEEDED, 0) + sum(each.succeeded for each in hours),
        sum(counts.get(status, 0) for status in FAILURES)
        + sum(each.failed for each in hours),
    )


def _counted_hours(since: datetime) -> list[HourCount]:
    """Return the latest hours that follow each other without one that is missing."""
    found: list[HourCount] = []
    for each in HourCount.objects.filter(begin__gte=since).order_by("-begin"):
        if found and each.begin != found[-1].begin - HOUR:
            break
        found.append(each)
    return found[::-1]


def work_as_json(work: Work) -> dict[str, Any]:
    """Return what ``api/jobs/status`` answers."""
    return {
        "queue": {
            "pending": work.pending,
            "running": work.running,
            "completed_24h": work.completed,
            "failed_24h": work.failed,
        },
        "healthy": work.healthy,
    }


def _parked(runs: QuerySet[JobRun]) -> QuerySet[JobRun]:
    return runs.filter(waits_for__isnull=False, status=Status.WAITING)


def _somebody_reports(now: datetime) -> bool:
    seen = Node.objects.filter(seen_at__gte=now - SILENT_AFTER, stopped_at=None)
    return seen.exists()
