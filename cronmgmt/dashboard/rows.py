"""What queries found -> what a page shows of it, to this person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from cronmgmt import queries
from cronmgmt.actors import Actor
from cronmgmt.dashboard.parameters import can_be_mailed, has_parameters, has_targets
from cronmgmt.ledger import Answer
from cronmgmt.models import JobRun, Origin, ScheduledJob
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
    """What the person before the screen may see and do.

    Whether it holds for a certain job too, rows say: ``row.can_switch``.
    """

    name: str
    actor: Actor
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
        may = self.viewer.actor.may("trigger_scheduledjob", self.job)
        return may and self.job.state in ("on", "off")

    @property
    def can_trigger_otherwise(self) -> bool:
        """Whether there is anything to say of how to trigger it."""
        says = has_parameters(self.job) or has_targets(self.job)
        return self.can_trigger and (says or can_be_mailed(self.viewer.actor))

    @property
    def has_parameters(self) -> bool:
        return has_parameters(self.job)

    @property
    def can_switch(self) -> bool:
        may = self.viewer.actor.may("switch_scheduledjob", self.job)
        return may and self.job.state != "retired"

    @property
    def can_edit(self) -> bool:
        may = self.viewer.actor.may("change_scheduledjob", self.job)
        return self.viewer.edit and may


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run, or one attempt of it, as a page shows it."""

    run: JobRun
    viewer: Viewer

    @property
    def reason(self) -> str:
        return queries.shown_reason(self.run, allowed=self.viewer.errors)

    @property
    def node(self) -> str:
        """The machine on which it runs or ran."""
        return self.run.worker.rsplit(":", 2)[0]

    @property
    def can_cancel(self) -> bool:
        may = self.viewer.actor.may("cancel_jobrun", self.run.job_id)
        return may and not self.run.is_finished

    @property
    def can_rerun(self) -> bool:
        is_work = self.run.origin == Origin.ENQUEUE  # Which has no job.
        if not self.run.is_finished or not (self.run.job_id or is_work):
            return False
        return self.viewer.actor.may("rerun_jobrun", self.run.job_id)


def parameter_pairs(handler: str, params: Any) -> list[tuple[str, Any]]:
    """Return parameters as they may be shown; one without a name for a broken row."""
    shown = queries.shown_parameters(handler, params)
    if isinstance(shown, dict):
        return list(shown.items())
    return [("", shown)]


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
