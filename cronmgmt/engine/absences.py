"""Occurrences that did not run and never will -> a gap that says why."""

from __future__ import annotations

from datetime import datetime, timedelta

from cronmgmt import clock
from cronmgmt.errors import InvalidSchedule
from cronmgmt.models import Gap, ScheduledJob, database
from cronmgmt.schedules import Stretch

MOMENT = timedelta(microseconds=1)
"""An occurrence at this very moment is past: the next run is planned after it."""


def gap_of(
    job: ScheduledJob, kind: str, stretch: Stretch, reason: str, now: datetime
) -> Gap:
    """Return the gap of a stretch of occurrences."""
    return Gap(
        job=job,
        kind=kind,
        first=stretch.first,
        last=stretch.last,
        count=stretch.count,
        reason=reason,
        created_at=now,
    )


def off_gap(job: ScheduledJob, until: datetime, now: datetime) -> Gap | None:
    """Return the gap of the occurrences that fell into the time the job was off."""
    if job.off_since is None or until <= job.off_since:
        return None
    stretch = _between(job, job.schedule.next_after(job.off_since), until)
    if stretch is None:
        return None
    by = f" by {job.off_by}" if job.off_by else ""
    because = f": {job.off_reason}" if job.off_reason else ""
    return gap_of(job, Gap.Kind.OFF, stretch, f"Switched off{by}{because}.", now)


def cover_overdue(job: ScheduledJob) -> None:
    """Cover what is overdue by the stored plan; call it before the job is written.

    An edit continues with the next future occurrence: what no scheduler came to
    before it would be forgotten.
    """
    if not job.pk or not job.plan_is_stale():
        return
    now = clock.now(database())
    stored = ScheduledJob.objects.filter(pk=job.pk, next_run_at__lte=now).first()
    if stored is None:
        return
    try:
        stretch = _between(stored, stored.next_run_at, now + MOMENT)
    except InvalidSchedule:
        return  # Edited by hand: nobody can tell what was due.
    if stretch is not None:
        why = "Missed: no scheduler was running, and then the job was changed."
        gap_of(job, Gap.Kind.MISSED, stretch, why, now).save()


def _between(
    job: ScheduledJob, first: datetime | None, until: datetime
) -> Stretch | None:
    """Return the occurrences from ``first`` up to, not including, ``until``."""
    last = job.schedule.previous_before(until)
    if first is None or last is None or last < first:
        return None
    return Stretch(first, last, job.schedule.count_between(first, last))
