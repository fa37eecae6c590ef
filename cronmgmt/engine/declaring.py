"""Jobs declared in code -> rows, field by field.

A column that still holds what the code last declared follows the code; one that holds
something else was changed by a person and stays. Safe to repeat, and to run on two
hosts at once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cronmgmt import clock, registry
from cronmgmt.actors import Actor
from cronmgmt.engine.absences import cover_overdue
from cronmgmt.engine.overrides import (
    TOGETHER,
    encoded,
    follows,
    unmark_what_follows,
)
from cronmgmt.engine.records import Deed, record
from cronmgmt.engine.restricting import groups_of, replace_groups
from cronmgmt.engine.snapshots import Change, Facts, facts_of
from cronmgmt.engine.transactions import in_transaction
from cronmgmt.errors import InvalidJob
from cronmgmt.models import Calendar, ScheduledJob, database
from cronmgmt.policies import POLICIES
from cronmgmt.registry import Declaration
from cronmgmt.text import clean_text, is_name

logger = logging.getLogger("cronmgmt.engine")

DEPLOY = Actor("deploy", "code")
"""Who brings the declared values into the rows."""


@dataclass(slots=True)
class Applied:
    """The names of the jobs that were made, changed, retired or could not be saved."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    by: Actor = DEPLOY


def apply_declarations(by: Actor = DEPLOY) -> Applied:
    """Write what the code declares, and retire what it declares no longer."""
    applied = Applied(by=by)
    for declaration in registry.declarations():
        _apply(declaration, applied)
    known = {declaration.name for declaration in registry.declarations()}
    gone = ScheduledJob.objects.filter(retired_at=None).exclude(declared={})
    for job in gone.exclude(name__in=known):
        in_transaction(partial(_retire, job, applied))
        applied.retired.append(job.name)
    return applied


def add_missing() -> Applied:
    """Write declared jobs that have no row yet; nothing else.

    For a node's start: one with older code must not undo a newer deploy.
    """
    applied = Applied()
    have = set(ScheduledJob.objects.values_list("name", flat=True))
    for declaration in registry.declarations():
        if declaration.name not in have:
            _apply(declaration, applied)
    return applied


def is_declared_here(job: ScheduledJob) -> bool:
    """Return whether the row follows this very code, and no newer or older one."""
    ours = (each for each in registry.declarations() if each.name == job.name)
    declaration = next(ours, None)
    return declaration is not None and job.declared == {
        name: encoded(value) for name, value in _wanted(declaration).items()
    }


def retire(job: ScheduledJob, by: str) -> None:
    """Take a job out of service, even a broken one; its row and history stay."""
    job.retired_at = clock.now(database())
    job.retired_by = clean_text(by, 150)
    cover_overdue(job)
    job.write("retired_at", "retired_by")


def revive(job: ScheduledJob) -> None:
    """Put a retired job back into service; the caller saves it."""
    job.retired_at = None
    job.retired_by = ""


def _apply(declaration: Declaration, applied: Applied) -> None:
    try:
        try:
            in_transaction(lambda: _write(declaration, applied))
        except IntegrityError:
            # Another host made the job's row meanwhile: now it is there to merge with.
            in_transaction(lambda: _write(declaration, applied))
    except (ValidationError, IntegrityError, InvalidJob) as error:
        # One wrong declaration must not keep the others from being written.
        logger.error("Job %s is not written: %s", declaration.name, error)
        applied.failed[declaration.name] = str(error)


def _write(declaration: Declaration, applied: Applied) -> None:
    if name := declaration.fields.get("calendar"):
        make_calendar(name)
    jobs = ScheduledJob.objects.select_for_update()
    job = jobs.filter(name=declaration.name).first()
    if job is None:
        with transaction.atomic(using=database()):
            job = ScheduledJob(name=declaration.name)
            _merge(job, declaration, take=True)
            job.save()
        _record("create", job, None, applied)
        _restrict(job, declaration, applied)
        applied.created.append(job.name)
        return
    before = facts_of(job)
    if _merge(job, declaration, take=False):
        cover_overdue(job)
        job.save()
        _record("edit", job, before, applied)
        applied.changed.append(job.name)
    if _restrict(job, declaration, applied) and job.name not in applied.changed:
        applied.changed.append(job.name)


def _restrict(job: ScheduledJob, declaration: Declaration, applied: Applied) -> bool:
    """Restrict the job to the groups that the code names; True if it was not.

    In the transaction that makes the job: nobody sees it meanwhile.
    """
    groups, before = declaration.access, groups_of(job)
    if groups is None or groups == before:
        return False
    replace_groups(job, groups)
    change = Change({"access": before}, {"access": dict(groups)})
    record(Deed(applied.by, "restrict", job.name, job.pk, change=change))
    return True


def _retire(job: ScheduledJob, applied: Applied) -> None:
    before = facts_of(job)
    retire(job, "the code declares it no longer")
    _record("retire", job, before, applied)


def _record(
    action: str, job: ScheduledJob, before: Facts | None, applied: Applied
) -> None:
    """Put on record what a deploy changed of a job; that it declares as much is none."""
    change = Change(before, facts_of(job))
    if change.is_one:
        record(Deed(applied.by, action, job.name, job.pk, change=change))


def make_calendar(name: str) -> None:
    """Make a calendar that the code names and nobody has made yet, without any day."""
    if is_name(name):
        Calendar.objects.get_or_create(name=name)


def _merge(job: ScheduledJob, declaration: Declaration, *, take: bool) -> bool:
    """Bring the declared values into the row; True if anything changed."""
    wanted = _wanted(declaration)
    declared = {name: encoded(value) for name, value in wanted.items()}
    before = _snapshot(job, wanted)
    for names in _units(wanted):
        if take or follows(job, names):
            for name in names:
                setattr(job, name, wanted[name])
    was_retired = job.retired_at is not None
    if was_retired and not job.retired_by.startswith("person:"):
        revive(job)
    changed = job.declared != declared or before != _snapshot(job, wanted)
    job.declared = declared
    unmark_what_follows(job)
    return changed or (was_retired and job.retired_at is None)


def _wanted(declaration: Declaration) -> dict[str, Any]:
    """Return what the row should hold, each value as it is read back from a row.

    Raises ValidationError for what no row can hold.
    """
    fields = {**_defaults(), "handler": declaration.handler, **declaration.fields}
    model = ScheduledJob(name=declaration.name, **fields)
    model.make_valid()
    return {name: getattr(model, name) for name in fields}


def _units(wanted: Mapping[str, Any]) -> list[tuple[str, ...]]:
    joined = {name for names in TOGETHER for name in names}
    return [*TOGETHER, *((name,) for name in wanted if name not in joined)]


def _snapshot(job: ScheduledJob, names: Iterable[str]) -> dict[str, str]:
    return {name: encoded(getattr(job, name)) for name in names}


def _defaults() -> dict[str, Any]:
    """Return every policy's default, so that one taken out of the code goes back."""
    fields = {name: ScheduledJob._meta.get_field(name) for name in POLICIES}
    return {name: each.get_default() for name, each in fields.items()}  # type: ignore[union-attr]
