"""Occurrences that did not run and never will -> a gap that says why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db.models import Max

from cronmgmt import clock
from cronmgmt.errors import InvalidSchedule
from cronmgmt.models import Gap, Node, Pause, ScheduledJob, database
from cronmgmt.schedules import Stretch, absences

MOMENT = timedelta(microseconds=1)
"""An occurrence at this very moment is past: the next run is planned after it."""


def silence_before(alive_since: datetime) -> str:
    """Return since when no scheduler was looking, as far as nodes have told."""
    nodes = Node.objects.filter(scheduling_since__isnull=False)
    last = nodes.filter(seen_at__lt=alive_since).aggregate(Max("seen_at"))
    if (seen := last["seen_at__max"]) is None:
        return ""
    same_day = seen.astimezone(UTC).date() == alive_since.astimezone(UTC).date()
    until = f"{alive_since:%H:%M}" if same_day else f"{alive_since:%Y-%m-%d %H:%M}"
    return f" from {seen:%Y-%m-%d %H:%M} to {until} UTC"


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
    stretch = stretch_between(job, job.schedule.next_after(job.off_since), until)
    if stretch is None:
        return None
    by = f" by {job.off_by}" if job.off_by else ""
    because = f": {job.off_reason}" if job.off_reason else ""
    return gap_of(job, Gap.Kind.OFF, stretch, f"Switched off{by}{because}.", now)


def holiday_gaps(job: ScheduledJob, until: datetime, now: datetime) -> list[Gap]:
    """Return the gaps of what closed days took out up to and including ``until``."""
    if job.covered_until is None:
        return []
    found = absences(job.schedule, job.covered_until + MOMENT, until)
    kind = Gap.Kind.HOLIDAY
    return [gap_of(job, kind, stretch, why, now) for stretch, why in found]


def pause_gaps(
    job: ScheduledJob, pauses: Iterable[Pause], until: datetime, now: datetime
) -> list[Gap]:
    """Return the gaps of what fell into pauses before ``until``."""
    gaps: list[Gap] = []
    start = job.covered_until
    for pause in pauses:
        if start is None or not pause.covers(job):
            continue
        first = max(start + MOMENT, pause.since)
        end = min(until, pause.until or until)
        if first < end:
            stretch = stretch_between(job, job.schedule.next_after(first - MOMENT), end)
            kind, why = Gap.Kind.OFF, pause.sentence()
            gaps.extend([gap_of(job, kind, stretch, why, now)] if stretch else [])
            start = end - MOMENT
    return gaps


def uncovered(job: ScheduledJob, pauses: Iterable[Pause], now: datetime) -> list[Gap]:
    """Return the gaps of what pauses and closed days took out up to now."""
    return pause_gaps(job, pauses, now + MOMENT, now) + holiday_gaps(job, now, now)


def cover_overdue(job: ScheduledJob) -> None:
    """Cover what is overdue by the stored plan; call it before the job is written.

    An edit continues with the next future occurrence: what no scheduler came to
    before it would be forgotten.
    """
    if not job.pk or not job.plan_is_stale():
        return
    stored = ScheduledJob.objects.filter(pk=job.pk).first()
    if stored is None:
        return
    now = clock.now(database())
    try:
        _cover_set_aside(stored, job, now)
        _cover_missed(stored, now)
        _cover_off(stored, job, now)
        in_service = not stored.retired_at and not stored.set_aside_reason
        if in_service and stored.covered_until:
            # While it was off, that is why it did not run, and no pause.
            paused = Pause.not_over(stored.covered_until) if stored.is_live() else []
            Gap.objects.bulk_create(uncovered(stored, paused, now))
    except InvalidSchedule:
        return  # Edited by hand: nobody can tell what was due.


def _cover_set_aside(stored: ScheduledJob, job: ScheduledJob, now: datetime) -> None:
    """Cover the time that the job was set aside, by the schedule it has now."""
    since = stored.covered_until
    if not stored.set_aside_reason or job.set_aside_reason or since is None:
        return
    stretch = stretch_between(job, job.schedule.next_after(since), now + MOMENT)
    if stretch is not None:
        why = f"Set aside: {stored.set_aside_reason}"
        gap_of(stored, Gap.Kind.BROKEN, stretch, why, now).save()


def _cover_off(stored: ScheduledJob, job: ScheduledJob, now: datetime) -> None:
    """Cover the time that the job was off by the schedule that it had until now."""
    if stored.enabled or stored.schedule == job.schedule:
        return
    until = min(stored.off_until or now + MOMENT, now + MOMENT)
    gap = off_gap(stored, until, now)
    if gap is not None:
        gap.save()
    if job.off_since is not None:
        job.off_since = now


def _cover_missed(stored: ScheduledJob, now: datetime) -> None:
    if stored.next_run_at is None or stored.next_run_at > now:
        return
    stretch = stretch_between(stored, stored.next_run_at, now + MOMENT)
    if stretch is not None:
        why = "Missed: no scheduler was running, and then the job was changed."
        gap_of(stored, Gap.Kind.MISSED, stretch, why, now).save()
        note_missed(stored.pk, stretch.last)


def note_missed(job_id: int, last: object) -> None:
    """Keep on the job's row when it missed an occurrence, for pages."""
    ScheduledJob.objects.filter(pk=job_id).update(last_missed_at=last)


def stretch_between(
    job: ScheduledJob, first: datetime | None, until: datetime
) -> Stretch | None:
    """Return the occurrences from ``first`` up to, not including, ``until``."""
    last = job.schedule.previous_before(until)
    if first is None or last is None or last < first:
        return None
    return Stretch(first, last, job.schedule.count_between(first, last))
