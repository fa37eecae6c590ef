"""Change some of a job's fields, unless somebody else did meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from cronmgmt import clock
from cronmgmt.actors import Actor
from cronmgmt.engine.absences import cover_overdue
from cronmgmt.engine.actions.actor import Attempt, attempted, permitted
from cronmgmt.engine.actions.finding import find_job
from cronmgmt.engine.overrides import mark_overrides
from cronmgmt.engine.portable.entries import FIELDS, KINDS, entry_of, fill
from cronmgmt.engine.snapshots import facts_of
from cronmgmt.errors import Stale
from cronmgmt.models import ScheduledJob, database
from cronmgmt.telemetry.parameters import shown_parameters

EDITABLE = (*FIELDS, *KINDS)
PERMISSIONS = {
    "edit": "change_scheduledjob",
    "retire": "delete_scheduledjob",
    "delete": "delete_scheduledjob",
    "switch off": "switch_scheduledjob",
    "switch on": "switch_scheduledjob",
}


def permit(action: str, name: str, actor: Actor) -> ScheduledJob:
    """Return the job if the actor may do that to it: ``PERMISSIONS`` knows the verbs.

    For what comes before the rest of a request is read. Raises UnknownJob or Forbidden,
    which is on record like any other attempt.
    """
    attempt = Attempt(actor, action, PERMISSIONS[action], name)
    return permitted(attempt, lambda: find_job(name, actor))


def edit_job(
    name: str,
    fields: Mapping[str, Any],
    actor: Actor,
    *,
    revision: int,
    reason: str = "",
) -> ScheduledJob:
    """Change fields of a job, written as in a file of jobs; the others stay.

    A parameter that is given as it is shown, masked, stays as well. Raises Stale if the
    job has another revision by now, and ValidationError with what is wrong.
    """

    def work() -> ScheduledJob:
        find_job(name, actor)
        job = ScheduledJob.objects.select_for_update().get(name=name)
        if job.revision != revision:
            raise Stale(f"{name} was changed meanwhile: it is at {job.revision} now.")
        attempt.change.before = facts_of(job)
        problems = fill(job, changed_entry(job, fields))
        if problems:
            raise ValidationError({each.field: each.problem for each in problems})
        job.set_aside_reason = ""
        mark_overrides(job, actor.label, clock.now(database()))
        cover_overdue(job)
        job.save()
        return job

    attempt = Attempt(actor, "edit", "change_scheduledjob", name, reason=reason)
    return attempted(attempt, work)


def changed_entry(job: ScheduledJob, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a job's entry with these fields changed.

    One schedule takes the place of another; null in its place leaves none.
    """
    entry = {k: v for k, v in entry_of(job, full=True).items() if k in EDITABLE}
    if fields.keys() & KINDS.keys():
        entry = {k: v for k, v in entry.items() if k not in KINDS}
    given = {k: v for k, v in fields.items() if v is not None or k not in KINDS}
    if isinstance(given.get("params"), Mapping):
        given["params"] = _unmasked(job, given["params"])
    kept = {k: v for k, v in entry.items() if k not in given}
    # What has no value is left out: null means nothing to some of the columns.
    return {k: v for k, v in {**kept, **given}.items() if k in fields or v is not None}


def _unmasked(job: ScheduledJob, params: Mapping[str, Any]) -> dict[str, Any]:
    held = job.params if isinstance(job.params, dict) else {}
    shown = shown_parameters(job.handler, held)
    return {
        name: held[name] if name in held and value == shown[name] else value
        for name, value in params.items()
    }
