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
from cronmgmt.engine.absences import cover_overdue
from cronmgmt.engine.overrides import (
    TOGETHER,
    encoded,
    follows,
    unmark_what_follows,
)
from cronmgmt.engine.transactions import in_transaction
from cronmgmt.models import Calendar, ScheduledJob, database
from cronmgmt.registry import POLICIES, Declaration
from cronmgmt.text import clean_text, is_name

logger = logging.getLogger("cronmgmt.engine")


@dataclass(slots=True)
class Applied:
    """The names of the jobs that were made, changed, retired or could not be saved."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def apply_declarations() -> Applied:
    """Write what the code declares, and retire what it declares no longer."""
    applied = Applied()
    for declaration in registry.declarations():
        _apply(declaration, applied)
    known = {declaration.name for declaration in registry.declarations()}
    gone = ScheduledJob.objects.filter(retired_at=None).exclude(declared={})
    for job in gone.exclude(name__in=known):
        in_transaction(partial(retire, job, "the code declares it no longer"))
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
    except (ValidationError, IntegrityError) as error:
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
        applied.created.append(job.name)
    elif _merge(job, declaration, take=False):
        cover_overdue(job)
        job.save()
        applied.changed.append(job.name)


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
