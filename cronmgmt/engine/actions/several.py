"""Some runs -> the same verb for each of them; what is refused stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import ValidationError

from cronmgmt.engine.actions.actor import CODE, Actor, Attempt, permitted
from cronmgmt.engine.actions.runs import cancel_run, permit_run, rerun
from cronmgmt.errors import CronmgmtError
from cronmgmt.models import JobRun


@dataclass(frozen=True, slots=True)
class Refusal:
    """A run for which a verb was refused, and why."""

    run: JobRun
    sentence: str


@dataclass(slots=True)
class Several:
    """What came of a verb for several runs: the runs changed or made, and refusals."""

    done: list[JobRun] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def rerun_all(
    runs: Iterable[JobRun], actor: Actor = CODE, *, reason: str = ""
) -> Several:
    """Queue finished runs once more, each on record; the oldest first."""
    return _each(runs, lambda key: rerun(key, actor, reason=reason))


def cancel_runs(
    runs: Iterable[JobRun], actor: Actor = CODE, *, reason: str = ""
) -> Several:
    """Cancel runs, each on record; the oldest first."""
    return _each(runs, lambda key: cancel_run(key, actor, reason=reason))


def permit_several(action: str, actor: Actor) -> None:
    """Return if the actor may ``rerun`` or ``cancel`` runs at all.

    Raises Forbidden, which is on record like any other attempt.
    """
    attempt = Attempt(actor, action, f"{action}_jobrun", subject="several runs")
    permitted(attempt, lambda: None)


def refuse_unseen(action: str, keys: Iterable[UUID], actor: Actor) -> None:
    """Put each attempt at a run on record that is not there for the actor."""
    for key in keys:
        with suppress(CronmgmtError):
            permit_run(action, key, actor)


def _each(runs: Iterable[JobRun], verb: Callable[[UUID], JobRun]) -> Several:
    several = Several()
    for run in sorted(runs, key=lambda each: each.pk):
        try:
            several.done.append(verb(run.execution_id))
        except CronmgmtError as error:
            several.refused.append(Refusal(run, str(error)))
        except ValidationError as error:
            several.refused.append(Refusal(run, " ".join(error.messages)))
    return several
