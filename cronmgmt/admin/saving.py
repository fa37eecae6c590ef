"""What a form changed -> the verbs that write it, each with its record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cronmgmt import clock
from cronmgmt.engine import actions
from cronmgmt.engine.actions import Actor
from cronmgmt.models import ScheduledJob, database

SWITCH = ("enabled", "off_until", "off_reason")


def create(job: ScheduledJob, actor: Actor, *, off: bool = False) -> None:
    """Write a new job; one that begins switched off knows since when and by whom."""
    if off:
        job.enabled = False
    if job.enabled:
        job.off_until, job.off_reason = None, ""
    else:
        job.off_since, job.off_by = clock.now(database()), actor.label
    actions.save_job(job, actor)


def give_back(
    job: ScheduledJob,
    declared: Mapping[str, Any],
    changes: Mapping[str, Any],
    actor: Actor,
) -> None:
    """Give columns back to the code, and write what else a person changed.

    In one step: each half alone might not fit what the row holds.
    """
    if changes:
        edit(job, {**changes, **declared}, actor)
    actions.reset_fields(job.name, declared, actor)
    job.refresh_from_db()


def edit(job: ScheduledJob, changes: Mapping[str, Any], actor: Actor) -> None:
    """Write what a person changed, and nothing else.

    The row is read again under a lock: the scheduler may have moved it on since the
    form was read, and must not be set back.
    """
    fresh = ScheduledJob.objects.select_for_update().get(pk=job.pk)
    was_on = fresh.enabled
    others = changes.keys() - set(SWITCH)
    for name in others:
        setattr(fresh, name, changes[name])
    if others or not changes:
        actions.save_job(fresh, actor)
    if changes.keys() & set(SWITCH):
        _switch(fresh, {**_switch_of(fresh), **changes}, actor, was_on=was_on)
    job.refresh_from_db()


def _switch_of(job: ScheduledJob) -> dict[str, Any]:
    return {name: getattr(job, name) for name in SWITCH}


def _switch(
    job: ScheduledJob, wanted: Mapping[str, Any], actor: Actor, *, was_on: bool
) -> None:
    if not wanted["enabled"]:
        until, reason = wanted["off_until"], wanted["off_reason"]
        actions.switch_off(job.name, actor, until=until, reason=reason)
    elif not was_on:
        actions.switch_on(job.name, actor)
