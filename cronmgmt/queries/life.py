"""A run with its attempts -> its life as steps and as stretches of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt.models import JobRun, RunAttempt, Status
from cronmgmt.queries.texts import shown_error, shown_reason

PARTED = timedelta(seconds=1)
"""A run that is due this much later than it was made says so."""

OUTCOMES = {
    "handed_back": gettext_lazy("handed back"),
    "lost": gettext_lazy("lost"),
    "timed_out": gettext_lazy("timed out"),
    "failed": gettext_lazy("failed"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a run; ``at`` is None for what is so now.

    ``state`` is a run's status or ``handed_back``; ``attempt`` is what has a traceback.
    """

    at: datetime | None
    state: str
    title: str
    detail: str = ""
    attempt: RunAttempt | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a run's life: ``pause``, or the status in which it was or ended."""

    state: str
    label: str
    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """How long it lasted."""
        return max((self.end - self.start).total_seconds(), 0.0)


def steps(
    run: JobRun, attempts: Sequence[RunAttempt], *, allowed: bool
) -> Iterator[Step]:
    """Yield what happened to a run, first to last; errors' texts only if ``allowed``."""
    yield _made(run)
    due = run.available_at if not attempts and run.attempt <= 1 else None
    if due and due - run.created_at >= PARTED:
        yield Step(due, Status.QUEUED, _("Due"))
    for each in attempts:
        reason = shown_error(each.reason, allowed=allowed)
        if each.started_at:
            yield _started(each.started_at, each.number, each.worker)
        yield Step(each.finished_at, each.outcome, _ended(each), reason, each)
    yield from _at_last(run, attempts, allowed=allowed)


def stretches(
    run: JobRun, attempts: Sequence[RunAttempt], now: datetime
) -> list[Stretch]:
    """Return a run's life so far without holes, from when it was due."""
    found: list[Stretch] = []
    last = run.created_at
    if run.scheduled_for and run.scheduled_for > last:
        last = run.scheduled_for
    spans: list[tuple[datetime | None, datetime, str, str]] = [
        (each.started_at, each.finished_at, each.outcome, _ended(each))
        for each in attempts
    ]
    if _was_started(run, attempts):
        end = run.finished_at or now
        spans.append((run.started_at, end, run.status, run.get_status_display()))
    for start, end, state, label in spans:
        begin = max(start or end, last)
        if begin > last:
            found.append(_waiting(last, begin, is_first=not found))
        found.append(Stretch(state, label, begin, max(end, begin)))
        last = max(end, begin)
    until = run.finished_at or now
    if until > last:
        found.append(_waiting(last, until, is_first=not found))
    return found


def _waiting(start: datetime, end: datetime, *, is_first: bool) -> Stretch:
    label = _("waiting for a worker") if is_first else _("waiting for the next attempt")
    return Stretch("pause", label, start, end)


def _made(run: JobRun) -> Step:
    by = f" · {run.requested_by}" if run.requested_by else ""
    return Step(
        run.created_at, Status.QUEUED, _("Queued"), f"{run.get_origin_display()}{by}"
    )


def _started(at: datetime, number: int, worker: str) -> Step:
    title = _("Attempt %(number)d started") % {"number": number}
    return Step(at, Status.RUNNING, title, worker)


def _ended(attempt: RunAttempt) -> str:
    outcome = OUTCOMES.get(attempt.outcome, attempt.outcome)
    return _("Attempt %(number)d: %(outcome)s") % {
        "number": attempt.number,
        "outcome": outcome,
    }


def _was_started(run: JobRun, attempts: Sequence[RunAttempt]) -> bool:
    """Whether ``started_at`` is of an attempt that is not among those that ended."""
    if run.started_at is None or run.status in (Status.QUEUED, Status.WAITING):
        return False
    return not attempts or attempts[-1].started_at != run.started_at


def _at_last(
    run: JobRun, attempts: Sequence[RunAttempt], *, allowed: bool
) -> Iterator[Step]:
    reason = shown_reason(run, allowed=allowed)
    label = str(run.get_status_display())
    if _was_started(run, attempts) and run.started_at:
        yield _started(run.started_at, run.attempt, run.worker)
    if run.finished_at:
        yield Step(run.finished_at, run.status, label.capitalize(), reason)
    elif run.cancel_requested:
        yield Step(None, run.status, _("It is being stopped."), reason)
    elif run.status == Status.CLAIMED:
        yield Step(None, run.status, _("Claimed by a worker"), run.worker)
    elif run.status == Status.QUEUED and attempts:
        title = _("To be tried again")
        yield Step(run.available_at, run.status, title)
    elif run.status != Status.RUNNING:
        yield Step(None, run.status, label.capitalize(), reason)
