"""The night's report: how many members there are, and what the last day changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from cronmgmt import Run, job
from project.models import Member

DAY = timedelta(days=1)


@job(
    "nightly-report",
    cron="0 2 * * *",
    title="Nightly report",
    purpose="Counts members by status and region, and the changes of the last day.",
    description="It only reads; trigger it again once the database target answers.",
    dependencies="database target; job members",
    owner="Membership",
    tags=["report"],
    expected_duration=timedelta(seconds=30),
    timeout=timedelta(minutes=5),
    max_attempts=2,
)
def nightly_report(run: Run) -> dict[str, Any]:
    """Return the report, and write it to the run's log for people."""
    found = report(run.intended_for or timezone.now())
    for heading, numbers in found.items():
        run.log(f"{heading}: {numbers}")
    return found


def report(until: datetime) -> dict[str, Any]:
    """Return the numbers of the members and of the day that ended at ``until``."""
    current = Member.objects.filter(vanished_at=None)
    day = (until - DAY, until)
    return {
        "members": current.count(),
        "by status": _counted(current, "status"),
        "by region": _counted(current, "region"),
        "written in the last day": current.filter(written_at__range=day).count(),
        "vanished in the last day": Member.objects.filter(
            vanished_at__range=day
        ).count(),
    }


def _counted(members: QuerySet[Member], column: str) -> dict[str, int]:
    rows = members.values_list(column).annotate(Count("pk")).order_by(column)
    return dict(rows)
