"""What became of an occurrence, and why: one answer for pages, programs and commands.

Every occurrence that did not simply run is covered by a run's row or by a gap, each
with a sentence. What neither covers is still to come, or the job itself says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from cronmgmt import clock
from cronmgmt.errors import InvalidSchedule
from cronmgmt.models import Gap, JobRun, Node, Pause, ScheduledJob, Status, database
from cronmgmt.schedules import Bounded, OpenDays, Schedule, absences

MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of the occurrence nearest to the moment asked about.

    ``occurrence`` is None for a job that has none at all. ``outcome`` is a run's
    status, a gap's kind, or ``expected``, ``undecided``, ``off``, ``broken``,
    ``retired`` or ``unknown``.
    """

    job: ScheduledJob
    asked: datetime
    occurrence: datetime | None
    outcome: str
    sentence: str
    run: JobRun | None = None
    gap: Gap | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as programs are told."""
        return {
            "job": self.job.name,
            "asked": self.asked.isoformat(),
            "occurrence": self.occurrence.isoformat() if self.occurrence else None,
            "outcome": self.outcome,
            "reason": self.sentence,
            "executionId": str(self.run.execution_id) if self.run else None,
        }


def why(job: ScheduledJob, at: datetime) -> Answer:
    """Say what became of the job's occurrence at ``at``, or of the one nearest to it.

    A failed run's sentence holds the error's text: not for everybody to read.
    """
    known = [*_runs_near(job, at), *_gaps_near(job, at), *_planned_near(job, at)]
    if not known:
        sentence = _("It runs only when somebody triggers it, or never did.")
        return Answer(job, at, None, "unknown", sentence)
    # Of those equally near the first: a run tells more than a gap, a gap than nothing.
    moment, found = min(known, key=lambda each: _distance(each[0], each[1], at))
    if isinstance(found, JobRun):
        return Answer(job, at, moment, found.status, _about(found), run=found)
    if isinstance(found, Gap):
        return Answer(job, at, moment, found.kind, found.reason, gap=found)
    outcome, sentence = _unaccounted(job, moment, clock.now(database()))
    return Answer(job, at, moment, outcome, sentence)


Known = tuple[datetime, JobRun | Gap | None]


def _distance(moment: datetime, found: JobRun | Gap | None, at: datetime) -> timedelta:
    """Return how far off it is; a gap is everywhere between its ends.

    Which its occurrences were, only the schedule of that time could tell.
    """
    if isinstance(found, Gap) and found.first <= at <= found.last:
        return timedelta()
    return abs(moment - at)


def _runs_near(job: ScheduledJob, at: datetime) -> Iterator[Known]:
    runs = JobRun.objects.filter(job=job)
    before = runs.filter(scheduled_for__lte=at).order_by("-scheduled_for").first()
    after = runs.filter(scheduled_for__gte=at).order_by("scheduled_for").first()
    for run in (before, after):
        if run and run.scheduled_for:
            yield run.scheduled_for, run


def _gaps_near(job: ScheduledJob, at: datetime) -> Iterator[Known]:
    gaps = Gap.objects.filter(job=job)
    after = gaps.filter(last__gte=at).order_by("last", "id")[:20]
    before = gaps.filter(last__lt=at).order_by("-last")[:1]
    for gap in [*after, *before]:
        moments = [gap.first, gap.last]
        if gap.first < at < gap.last:
            inside = _near(job, at)
            moments += [each for each in inside if gap.first <= each <= gap.last]
        yield min(moments, key=lambda each: abs(each - at)), gap


def _planned_near(job: ScheduledJob, at: datetime) -> Iterator[Known]:
    for moment in _near(job, at):
        yield moment, None


def _near(job: ScheduledJob, at: datetime) -> list[datetime]:
    """Return the occurrences around ``at``, also those that closed days took out."""
    try:
        schedules = [job.schedule, _always_open(job.schedule)]
    except InvalidSchedule:
        return []
    found: set[datetime] = set()
    for schedule in schedules:
        around = schedule.previous_before(at + MOMENT), schedule.next_after(at - MOMENT)
        found.update(filter(None, around))
    return sorted(found)


def _always_open(schedule: Schedule) -> Schedule:
    if isinstance(schedule, Bounded):
        inner = _always_open(schedule.schedule)
        bounds = (schedule.starts_at, schedule.ends_at)
        return Bounded(inner, *bounds, schedule.timezone)
    return schedule.schedule if isinstance(schedule, OpenDays) else schedule


def _about(run: JobRun) -> str:
    """Say how a run stands or ended."""
    facts = {
        "since": _utc(run.started_at),
        "due": _utc(run.available_at),
        "attempt": run.attempt,
        "worker": run.worker,
        "reason": run.reason,
    }
    if run.status == Status.SUCCEEDED:
        return _succeeded(run)
    if run.status == Status.RUNNING:
        text = _("It is running since {since}, attempt {attempt}.")
    elif run.status == Status.CLAIMED:
        text = _("The worker {worker} is about to start it.")
    elif run.status == Status.QUEUED and run.reason:
        text = _("It is to be tried again at {due}: {reason}")
    elif run.status == Status.QUEUED:
        text = _("It waits for a worker since {due}.")
    else:
        ended = _("It ended as {outcome}.").format(outcome=run.get_status_display())
        return run.reason or ended
    return text.format_map(facts)


def _succeeded(run: JobRun) -> str:
    at = _utc(run.started_at)
    if run.duration is None:
        return _("It ran at {at} and succeeded.").format(at=at)
    return _("It ran at {at} and succeeded in {seconds} s.").format(
        at=at, seconds=number_format(run.duration, 1)
    )


def _unaccounted(job: ScheduledJob, moment: datetime, now: datetime) -> tuple[str, str]:
    """Say why there is neither a run nor a gap."""
    if why_not := _kept_by_the_job(job, moment):
        return why_not
    for pause in Pause.objects.filter(since__lte=moment).order_by("-id")[:50]:
        if pause.covers(job) and (pause.until is None or moment < pause.until):
            return "off", pause.sentence()
    if taken_out := absences(job.schedule, moment, moment):
        return "holiday", taken_out[0][1]
    if moment > now:
        text = _("It is not due yet: it will run at {at}.")
        return "expected", text.format(at=_utc(moment))
    if job.next_run_at and job.next_run_at <= moment:
        return "undecided", _nobody_looks(now)
    if moment < job.created_at:
        text = _("The job was only made at {at}.")
        return "unknown", text.format(at=_utc(job.created_at))
    return "unknown", _(
        "There is no record of it: the job had another schedule at that time, or its "
        "history was deleted."
    )


def _kept_by_the_job(job: ScheduledJob, moment: datetime) -> tuple[str, str] | None:
    if job.retired_at and moment >= job.retired_at:
        text = _("The job was retired at {at}.")
        if job.retired_by:
            text = _("The job was retired at {at} by {by}.")
        return "retired", text.format(at=_utc(job.retired_at), by=job.retired_by)
    if job.set_aside_reason and job.covered_until and moment > job.covered_until:
        text = _("Set aside: {reason}")
        return "broken", text.format(reason=job.set_aside_reason)
    if _was_off(job, moment):
        return "off", _off(job)
    return None


def _was_off(job: ScheduledJob, moment: datetime) -> bool:
    if job.enabled or job.off_since is None or moment < job.off_since:
        return False
    return job.off_until is None or moment < job.off_until


def _off(job: ScheduledJob) -> str:
    parts = [_("Switched off at {at}").format(at=_utc(job.off_since))]
    if job.off_until:
        parts.append(_("until {moment}").format(moment=_utc(job.off_until)))
    if job.off_by:
        parts.append(_("by %(by)s") % {"by": job.off_by})
    said = " ".join(parts)
    return f"{said}: {job.off_reason}" if job.off_reason else f"{said}."


def _nobody_looks(now: datetime) -> str:
    nodes = Node.objects.filter(scheduling_since__isnull=False)
    seen = nodes.aggregate(Max("seen_at"))["seen_at__max"]
    if seen is None:
        return _("No scheduler has come to it yet: none was ever seen.")
    text = _("No scheduler has come to it yet: the last was seen at {at}.")
    return text.format(at=_utc(seen))


def _utc(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else "?"
