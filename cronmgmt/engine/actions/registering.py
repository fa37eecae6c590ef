"""A job written as in a file of jobs -> registered, or refused field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from cronmgmt import clock
from cronmgmt.engine.absences import cover_overdue
from cronmgmt.engine.actions.actor import CODE, Actor, attempted
from cronmgmt.engine.actions.editing import changed_entry
from cronmgmt.engine.actions.jobs import is_declared, registering
from cronmgmt.engine.declaring import revive
from cronmgmt.engine.overrides import mark_overrides
from cronmgmt.engine.portable.entries import fill
from cronmgmt.engine.snapshots import facts_of
from cronmgmt.models import ScheduledJob, database


def register_entry(
    name: str, fields: Mapping[str, Any], actor: Actor = CODE
) -> ScheduledJob:
    """Make a job, or change these fields of the one of that name; a retired one returns.

    Fields are written as in a file of jobs, and as ``edit_job`` takes them: what is not
    given has its default in a new job, and stays as it is in one that is there. Raises
    ValidationError with what is wrong, by field.
    """

    def work() -> ScheduledJob:
        jobs = ScheduledJob.objects.select_for_update()
        job = jobs.filter(name=name).first() or ScheduledJob(name=name)
        attempt.change.before = facts_of(job) if job.pk else None
        if problems := fill(job, changed_entry(job, fields)):
            raise ValidationError({each.field: each.problem for each in problems})
        if is_declared(name):
            mark_overrides(job, actor.label, clock.now(database()))
        else:
            # It left the code: no later deploy may retire what is registered now.
            job.declared, job.overrides = {}, {}
        revive(job)
        job.set_aside_reason = ""
        cover_overdue(job)
        job.save()
        return job

    attempt = registering(name, actor)
    return attempted(attempt, work)
