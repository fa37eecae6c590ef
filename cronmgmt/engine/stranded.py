"""A job whose next run was taken away by hand -> its next occurrence, and a gap.

``next_run_at`` set to NULL or to the year 9999 at the database's prompt: no scheduler
would ever come to the job again, and nothing would say why.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Max

from cronmgmt.engine.absences import MOMENT, gap_of, holiday_gaps, stretch_between
from cronmgmt.models import Activity, Gap, JobRun, Pause, ScheduledJob

NEAR = timedelta(days=1)
"""Who moves a next run by less than this means it."""


def is_stranded(job: ScheduledJob, pauses: Sequence[Pause], now: datetime) -> bool:
    """Return whether its next run is not there, or far behind its next occurrence.

    ``pauses`` are those not over yet. Costs next to nothing for jobs that are planned
    for today or run when they are triggered.
    """
    if not job.is_live() or job.schedule_kind == ScheduledJob.Kind.MANUAL:
        return False
    if job.next_run_at is not None and job.next_run_at <= now + NEAR:
        return False
    following = _planned(job, pauses, now)
    if following is None:
        return False  # It is done, or its pause has no end.
    return job.next_run_at is None or following < job.next_run_at


def _planned(
    job: ScheduledJob, pauses: Sequence[Pause], after: datetime
) -> datetime | None:
    trial = copy.copy(job)
    trial.plan(after=after, pauses=pauses)
    return trial.next_run_at


def cover_stranded(job: ScheduledJob, pauses: Sequence[Pause], now: datetime) -> str:
    """Plan the job anew, cover what it missed meanwhile, and return a sentence on it.

    What lies before the last that is known of the job is accounted for. The caller
    writes the job.
    """
    why = _why(job)
    first = job.schedule.next_after(_last_known(job))
    if stretch := stretch_between(job, first, now + MOMENT):
        gap_of(job, Gap.Kind.BROKEN, stretch, why, now).save()
    Gap.objects.bulk_create(holiday_gaps(job, now, now))
    # A clock that was set back has left runs behind that lie ahead of it.
    job.plan(after=max(now, _last_occurrence(job) or now), pauses=pauses)
    return f"{why} It goes on at {job.next_run_at:%Y-%m-%d %H:%M:%S} UTC."


def _why(job: ScheduledJob) -> str:
    if job.next_run_at is not None:
        return (
            f"Its next run was moved to {job.next_run_at:%Y-%m-%d %H:%M} UTC by hand."
        )
    if job.covered_until and not job.calendar:
        return "The pause whose end it waited for was deleted by hand."
    return "Its next run was deleted by hand."


def _last_known(job: ScheduledJob) -> datetime:
    deeds = Activity.objects.filter(job_key=job.pk, allowed=True)
    latest_deed = deeds.order_by("-id").values_list("at", flat=True).first()
    known = (job.created_at, job.forgotten_before, _last_occurrence(job), latest_deed)
    return max(filter(None, known))


def _last_occurrence(job: ScheduledJob) -> datetime | None:
    runs = JobRun.objects.filter(job=job).aggregate(last=Max("scheduled_for"))
    gaps = Gap.objects.filter(job=job).aggregate(last=Max("last"))
    return max(filter(None, (runs["last"], gaps["last"])), default=None)
