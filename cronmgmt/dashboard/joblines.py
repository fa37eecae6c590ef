"""A job of the list, with all that its line shows, to this person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cronmgmt import queries
from cronmgmt.dashboard.drawing import LABELS as OUTCOMES
from cronmgmt.dashboard.drawing import strip as drawn
from cronmgmt.dashboard.rows import Viewer
from cronmgmt.models import ScheduledJob, Status
from cronmgmt.queries import Current, Strip, Summary
from cronmgmt.schedules import InvalidSchedule, load_zone

STATES = {
    "running": _("running"),
    "error": _("error"),
    "set-aside": _("set aside"),
    "off": _("off"),
    "paused": _("paused"),
    "new": _("never ran"),
    "idle": _("idle"),
}
ATTENTION = {
    "failed": _("failed in the last 24 hours"),
    "stuck": _("stuck"),
    "missed": _("missed a time in the last 24 hours"),
    "set-aside": _("set aside"),
    "off": _("off for more than 14 days, without an end"),
}
MUCH = 2.0
"""So many times its usual duration is remarkable in a job that expects none."""


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job as the list shows it. Durations are in seconds."""

    job: ScheduledJob
    state: str
    label: str
    has_failed: bool
    attention: tuple[str | Promise, ...]
    words: str
    strip: SafeString
    usual: float | None
    took_long: bool
    current: Current | None
    there: str
    error: str
    can_trigger: bool
    can_switch: bool

    @property
    def sentence(self) -> str:
        """What readers of screens are told when it changes."""
        return f"{self.job}: {self.label}"

    @property
    def current_label(self) -> str:
        """How its unfinished run stands; empty without one."""
        return str(OUTCOMES[self.current.status]) if self.current else ""

    @property
    def shows_success(self) -> bool:
        """Whether the last success is another run than the last one."""
        job = self.job
        return bool(job.last_success_at and job.last_status != Status.SUCCEEDED)


def lines(chosen: Iterable[Summary], viewer: Viewer) -> list[JobLine]:
    """Return the lines of a page of jobs."""
    by_key = {each.id: each for each in chosen}
    jobs = queries.listed(list(by_key))
    running = [each.run_id for each in by_key.values() if each.run_id]
    strips = queries.strips(jobs, running)
    return [_line(job, by_key[job.pk], strips[job.pk], viewer) for job in jobs]


def _line(job: ScheduledJob, summary: Summary, strip: Strip, viewer: Viewer) -> JobLine:
    may = viewer.actor.may
    return JobLine(
        job=job,
        state=summary.state,
        label=str(STATES[summary.state]),
        has_failed=bool(job.last_error) and summary.state != "error",
        attention=tuple(ATTENTION[why] for why in _unsaid(summary)),
        words=queries.in_words(job),
        strip=drawn(strip.slots),
        usual=strip.usual,
        took_long=_took_long(job, strip.usual),
        current=strip.current,
        there=_there(job),
        error=queries.shown_error(job.last_error, allowed=viewer.errors),
        can_trigger=may("trigger_scheduledjob", job) and job.state in ("on", "off"),
        can_switch=may("switch_scheduledjob", job),
    )


def _unsaid(summary: Summary) -> Iterable[str]:
    """Return what asks for attention and is not what the state says already."""
    said = {"error": ("failed",), "set-aside": ("set-aside",)}.get(summary.state, ())
    return (why for why in summary.attention if why not in said)


def _took_long(job: ScheduledJob, usual: float | None) -> bool:
    if job.last_duration is None:
        return False
    if job.expected_duration is not None:
        return job.last_duration > job.expected_duration.total_seconds()
    # A few seconds more of very little are nothing to remark on.
    return usual is not None and job.last_duration > max(usual * MUCH, usual + 5)


def _there(job: ScheduledJob) -> str:
    """Return when it is next due by the job's own clock, if that is not the reader's."""
    moment = job.next_run_at
    if moment is None:
        return ""
    try:
        own = moment.astimezone(load_zone(job.timezone))
    except InvalidSchedule:
        return ""
    return "" if _same(own, timezone.localtime(moment)) else f"{own:%Y-%m-%d %H:%M}"


def _same(one: datetime, other: datetime) -> bool:
    return one.replace(tzinfo=None) == other.replace(tzinfo=None)
