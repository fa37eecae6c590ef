"""Who acts, on what, and the record that every attempt leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, override

from cronmgmt.actors import CODE, COMMAND, Actor
from cronmgmt.engine.actions.finding import find_job
from cronmgmt.engine.records import (
    Deed,
    go_back_to,
    place,
    record,
    record_if_possible,
)
from cronmgmt.engine.snapshots import Change, facts_of
from cronmgmt.engine.transactions import in_transaction
from cronmgmt.errors import CronmgmtError, Forbidden, UnknownJob, UnknownRun
from cronmgmt.models import JobRun, ScheduledJob, deed_name
from cronmgmt.telemetry.redaction import Redactor
from cronmgmt.text import safe_str

__all__ = ["CODE", "COMMAND", "Actor", "Attempt", "attempted", "permitted"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody tries to do.

    With a job's name, ``job`` is its row if the caller has it already; a new one has
    no id yet. ``subject`` names what is no job. ``run`` is the row that
    ``execution_id`` names, if there is one.
    """

    actor: Actor
    action: str
    permission: str
    job_name: str = ""
    execution_id: UUID | None = None
    reason: str = ""
    job: ScheduledJob | None = None
    run: JobRun | None = None
    subject: str = ""
    change: Change = field(default_factory=Change)

    def check(self) -> None:
        """Raise Forbidden, UnknownJob or UnknownRun unless the actor may try.

        What is said to somebody without the permission must not depend on whether
        the job or run is there.
        """
        if not self.actor.may(self.permission):
            raise self._forbidden()
        if not self.actor.is_restricted:
            return
        if self.run is not None and not self.actor.finds_run(self.run):
            raise UnknownRun(
                format_lazy(
                    gettext_lazy("There is no run {key}."), key=self.execution_id
                )
            )
        job = self._found()
        if job is not None and not self.actor.may(self.permission, job):
            raise self._forbidden()

    def _found(self) -> ScheduledJob | None:
        """Return the job that is there for the actor, or raise UnknownJob."""
        if self.run is not None:
            return self.run.job
        if self.job is None:
            return find_job(self.job_name, self.actor) if self.job_name else None
        if not self.actor.finds(self.job):
            raise UnknownJob(
                format_lazy(
                    gettext_lazy("There is no job {name!r}."), name=self.job.name
                )
            )
        return self.job

    def _forbidden(self) -> Forbidden:
        if self.execution_id:
            text = gettext_lazy("You may not {action} run {what}.")
        else:
            text = gettext_lazy("You may not {action} {what}.")
        what = self.execution_id or self.job_name or self.subject
        return Forbidden(format_lazy(text, action=deed_name(self.action), what=what))

    def job_key(self) -> int | None:
        """Return the id of the job it is about; None if there is no such job."""
        if self.run is not None:
            return self.run.job_id
        job = self.job or (ScheduledJob.named(self.job_name) if self.job_name else None)
        return job.pk if job else None

    def deed(self, **facts: Any) -> Deed:
        """Return what is to be written down of it."""
        if "job_key" not in facts:
            facts["job_key"] = self.job_key()
        known = {"execution_id": self.execution_id, "reason": self.reason, **facts}
        about = safe_str(self.job_name or self.subject)
        return Deed(actor=self.actor, action=self.action, about=about, **known)


def attempted(attempt: Attempt, work: Callable[[], T]) -> T:
    """Do ``work`` if the actor may, in one transaction with the record of it.

    What is refused, and what fails, is on record too. ``work`` notes in
    ``attempt.change`` what it found; a job that it returns is how it is afterwards.
    Raises Forbidden, UnknownJob, UnknownRun, or what ``work`` raises.
    """
    here = place()

    def once() -> T:
        go_back_to(here)
        return _do(attempt, work)

    try:
        attempt.check()
        return in_transaction(once)
    except (CronmgmtError, ValidationError) as refusal:
        go_back_to(here)
        _refused(attempt, refusal)
        raise
    except Exception as error:
        go_back_to(here)
        _failed(attempt, error)
        raise


def permitted(attempt: Attempt, look: Callable[[], T]) -> T:
    """Return what ``look`` finds if the actor may; only a refusal is on record.

    For what comes before an attempt: a form that is still to be filled in.
    """
    try:
        attempt.check()
        return look()
    except CronmgmtError as refusal:
        _refused(attempt, refusal)
        raise


def sentence(error: Exception) -> str:
    """Return why something is refused, as it is shown."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return str(error)


def _do(attempt: Attempt, work: Callable[[], T]) -> T:
    change = attempt.change
    change.before = change.after = None  # It may be the second try.
    result = work()
    facts: dict[str, Any] = {"change": change}
    if isinstance(result, ScheduledJob):
        facts["job_key"] = result.pk
        if change.after is None:
            change.after = facts_of(result)
    elif isinstance(result, JobRun):
        facts["job_key"] = result.job_id
        facts["execution_id"] = attempt.execution_id or result.execution_id
    record(attempt.deed(**facts))
    return result


def _refused(attempt: Attempt, refusal: Exception) -> None:
    given = f" (The reason given: {attempt.reason})" if attempt.reason else ""
    asked = attempt.change if attempt.change.before is None else Change()
    with override("en"):  # Whoever reads the record may speak another language.
        reason = f"{sentence(refusal)}{given}"
    record(attempt.deed(allowed=False, reason=reason, change=asked))


def _failed(attempt: Attempt, error: Exception) -> None:
    text = Redactor().text(f"{type(error).__name__}: {safe_str(error)}")
    facts = {"failed": True, "reason": f"It failed: {text}"}
    try:
        deed = attempt.deed(**facts)
    except DatabaseError:
        deed = attempt.deed(**facts, job_key=None)  # It answers no more questions.
    record_if_possible(deed)
