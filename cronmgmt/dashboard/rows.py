"""What queries found -> what a page shows of it, to this person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from cronmgmt import queries
from cronmgmt.dashboard.parameters import has_parameters
from cronmgmt.ledger import Answer
from cronmgmt.models import JobRun, RunAttempt, ScheduledJob
from cronmgmt.queries import JobState

LABELS = {
    "idle": _("idle"),
    "running": _("running"),
    "error": _("error"),
    "off": _("off"),
    "set-aside": _("set aside"),
    "retired": _("retired"),
}

QUICK, SLOW = 5, 30
"""Seconds between two looks of a page: while something happens, and else."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """What the person before the screen may see and do."""

    name: str
    trigger: bool
    switch: bool
    cancel: bool
    rerun: bool
    errors: bool
    edit: bool


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job as a page shows it."""

    state: JobState
    viewer: Viewer

    @property
    def job(self) -> ScheduledJob:
        return self.state.job

    @property
    def status(self) -> str:
        return self.state.status

    @property
    def status_label(self) -> str:
        return str(LABELS[self.status])

    @property
    def switch_label(self) -> str:
        """``off``, ``set aside`` or ``retired``; empty for a job in service."""
        return str(LABELS.get(self.job.state, ""))

    @property
    def words(self) -> str:
        return queries.in_words(self.job)

    @property
    def error(self) -> str:
        return queries.shown_error(self.job.last_error, allowed=self.viewer.errors)

    @property
    def can_trigger(self) -> bool:
        return self.viewer.trigger and self.job.state in ("on", "off")

    @property
    def can_trigger_otherwise(self) -> bool:
        """Whether there are parameters to trigger it with."""
        return self.can_trigger and has_parameters(self.job)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run, or one attempt of it, as a page shows it."""

    run: JobRun
    viewer: Viewer

    @property
    def reason(self) -> str:
        return queries.shown_reason(self.run, allowed=self.viewer.errors)

    @property
    def can_cancel(self) -> bool:
        return self.viewer.cancel and not self.run.is_finished

    @property
    def can_rerun(self) -> bool:
        has_job = self.run.job_id is not None
        return self.viewer.rerun and self.run.is_finished and has_job


def attempt_reason(attempt: RunAttempt, viewer: Viewer) -> str:
    """Return why an attempt did not end its run."""
    return queries.shown_error(attempt.reason, allowed=viewer.errors)


def answer_text(answer: Answer, viewer: Viewer) -> str:
    """Return what became of an occurrence; an error's text not to everybody."""
    run = answer.run
    if run is not None:
        shown = queries.shown_reason(run, allowed=viewer.errors)
        if shown != run.reason:
            return shown
    return answer.sentence


def seconds_to_next_look(states: list[JobState], now: datetime) -> int:
    """Return how soon a page of these jobs should look again."""
    soon = now + timedelta(seconds=SLOW)
    for state in states:
        due = state.job.next_run_at
        if state.current or (due and due <= soon):
            return QUICK
    return SLOW
