"""Runs that ended -> a row for each hour that is over, so that nobody counts it again.

A program that asks every few seconds how many runs ended within a day would otherwise
have them all counted each time. Every node does this; the first one's row stays.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count

from cronmgmt import clock
from cronmgmt.models import FAILURES, HourCount, JobRun, Status, database

HOUR = timedelta(hours=1)
SETTLED = timedelta(minutes=10)
"""So long after its end all of an hour's runs are committed."""

BACK = 25
KEPT = timedelta(days=2)


class HourCounting:
    """One pass over the hours of the last day, an hour at a time."""

    def __init__(self) -> None:
        self._now = clock.now(database())
        self._missing = missing_hours(self._now)

    def go_on(self) -> bool:
        """Count one hour; False when none is left."""
        if self._missing:
            count_hour(self._missing.pop())
        else:
            HourCount.objects.filter(begin__lt=self._now - KEPT).delete()
        return bool(self._missing)


def missing_hours(now: datetime) -> list[datetime]:
    """Return the beginnings of the last day's hours that are over and not counted."""
    settled = now - SETTLED
    this_hour = settled.replace(minute=0, second=0, microsecond=0)
    over = [this_hour - HOUR * back for back in range(BACK, 0, -1)]
    counted = HourCount.objects.filter(begin__gte=over[0])
    known = set(counted.values_list("begin", flat=True))
    return [begin for begin in over if begin not in known]


def count_hour(begin: datetime) -> None:
    """Count what ended in the hour from ``begin`` on, unless somebody did already."""
    ended = JobRun.objects.filter(finished_at__gte=begin, finished_at__lt=begin + HOUR)
    counts = dict(ended.order_by().values_list("status").annotate(Count("pk")))
    row = HourCount(
        begin=begin,
        succeeded=counts.get(Status.SUCCEEDED, 0),
        failed=sum(counts.get(status, 0) for status in FAILURES),
    )
    try:
        with transaction.atomic(using=database()):
            row.save(force_insert=True)
    except IntegrityError:
        return  # Another node was faster.
