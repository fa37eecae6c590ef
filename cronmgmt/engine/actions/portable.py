"""Bring what the code and files say into the database, or say what that would change.

A dry run does all of it and takes it back, so that what is shown is what is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from cronmgmt import clock, registry
from cronmgmt.engine.actions.access import restrict_job
from cronmgmt.engine.actions.actor import Actor
from cronmgmt.engine.actions.calendars import change_calendar, read_days, save_calendar
from cronmgmt.engine.actions.jobs import cancel_job, save_job, switch_off, switch_on
from cronmgmt.engine.declaring import Applied, apply_declarations, revive
from cronmgmt.engine.portable.comparing import Outcome, compare, last_record, state_of
from cronmgmt.engine.portable.documents import Document
from cronmgmt.engine.portable.entries import (
    SWITCH,
    Entry,
    Problem,
    access_of,
    column,
    entry_of,
    fill,
)
from cronmgmt.engine.portable.values import from_plain
from cronmgmt.engine.restricting import lost_restrictions
from cronmgmt.engine.transactions import in_transaction
from cronmgmt.errors import Forbidden, InvalidJob, Refused
from cronmgmt.models import Calendar, ScheduledJob, database
from cronmgmt.text import clean_text, is_name


class _TakenBack(Exception):
    """Ends a transaction of which nothing is to stay."""


def import_jobs(
    document: Document,
    actor: Actor,
    *,
    dry_run: bool = False,
    partly: bool = False,
    reason: str = "",
) -> Outcome:
    """Write the jobs and calendars of a document, by their names; safe to repeat.

    All or nothing, unless ``partly``: then what is refused is left out. Each refusal
    is in the outcome, with its field and what to do. Raises Forbidden.
    """

    def work() -> list[Problem]:
        return _write(document, actor, reason)

    return _carried_out(work, dry_run=dry_run, partly=partly)


def apply(
    documents: Iterable[Document],
    actor: Actor,
    *,
    dry_run: bool = False,
    partly: bool = False,
    prune: bool = False,
    reason: str = "",
) -> Outcome:
    """Write the jobs that the code declares and then those of the documents.

    All or nothing, unless ``partly``. ``prune`` retires the jobs that neither of them
    has. Raises Refused for a job that two documents have.
    """
    document = _joined(documents)

    def work() -> list[Problem]:
        problems = _refused(apply_declarations(actor)) + _write(document, actor, reason)
        if prune:
            _retire_others(document, actor, reason)
        return problems

    return _carried_out(work, dry_run=dry_run, partly=partly)


def _carried_out(
    work: Callable[[], list[Problem]], *, dry_run: bool, partly: bool
) -> Outcome:
    outcome = Outcome()

    def attempt() -> None:
        nonlocal outcome
        before, known = state_of(), last_record()
        problems = work()
        outcome = compare(before, state_of(), known)
        outcome.problems = problems
        outcome.warnings = _warnings()
        if dry_run or (problems and not partly):
            raise _TakenBack

    with suppress(_TakenBack):
        in_transaction(attempt)
    return outcome


def _warnings() -> list[Problem]:
    """Return the restrictions that nobody is let in by."""
    return [
        Problem(
            name,
            "access",
            f"there is no group {group}; make it, or its members do not see the job.",
        )
        for name, groups in lost_restrictions().items()
        for group in groups
    ]


def _joined(documents: Iterable[Document]) -> Document:
    joined = Document()
    for document in documents:
        for ours, its in (
            (joined.jobs, document.jobs),
            (joined.calendars, document.calendars),
        ):
            if twice := sorted(ours.keys() & its.keys()):
                raise Refused(f"{twice[0]} is in two files: keep it in one of them.")
            ours.update(its)
    return joined


def _refused(applied: Applied) -> list[Problem]:
    return [Problem(name, "", why) for name, why in applied.failed.items()]


def _write(document: Document, actor: Actor, reason: str) -> list[Problem]:
    problems: list[Problem] = []
    for name, entry in sorted(document.calendars.items()):
        problems += _guarded(name, "days", partial(_write_calendar, name, entry, actor))
    for name, entry in sorted(document.jobs.items()):
        write = partial(_write_job, name, entry, actor, reason)
        problems += _guarded(name, "", write)
    return problems


def _guarded(
    name: str, field: str, write: Callable[[], list[Problem]]
) -> list[Problem]:
    """Do ``write``, or undo it and return why it was refused."""
    try:
        with transaction.atomic(using=database()):
            return write()
    except Forbidden:
        raise
    except Refused as refusal:
        return [Problem(name, field, str(refusal))]
    except InvalidJob as error:
        return [Problem(name, field or "access", str(error))]
    except ValidationError as error:
        return [Problem(name, field, " ".join(error.messages))]


def _write_job(name: str, entry: Entry, actor: Actor, reason: str) -> list[Problem]:
    if not is_name(name):
        return [Problem(clean_text(name, 60), "name", "use a-z, 0-9 and _ . : -")]
    job = ScheduledJob.objects.select_for_update().filter(name=name).first()
    job = job or ScheduledJob(name=name)
    before = entry_of(job, full=True)
    if problems := fill(job, entry):
        return problems
    is_new = job.pk is None
    if is_new:
        _begin_switched(job, entry, actor)
    if is_new or job.retired_at or entry_of(job, full=True) != before:
        _into_service(job)
        save_job(job, actor, reason=reason)
    if not is_new:
        _switch(job, entry, actor, reason)
    if "access" in entry and access_of(job).get("access", {}) != entry["access"]:
        restrict_job(job.name, entry["access"], actor, reason=reason)
    return []


def _into_service(job: ScheduledJob) -> None:
    revive(job)
    if job.name not in {each.name for each in registry.declarations()}:
        # It left the code: no later deploy may retire what a file says now.
        job.declared, job.overrides = {}, {}


def _switch_of(entry: Entry) -> dict[str, Any]:
    until = from_plain(column("off_until"), entry.get("off_until"))
    return {
        "enabled": entry["enabled"],
        "off_until": until,
        "off_reason": entry.get("off_reason", ""),
    }


def _begin_switched(job: ScheduledJob, entry: Entry, actor: Actor) -> None:
    if entry.get("enabled") is False:
        for name, value in _switch_of(entry).items():
            setattr(job, name, value)
        job.off_since, job.off_by = clock.now(database()), actor.label


def _switch(job: ScheduledJob, entry: Entry, actor: Actor, reason: str) -> None:
    """Switch a job that was there as its entry says, if it says anything."""
    if "enabled" not in entry:
        return
    wanted = _switch_of(entry)
    if wanted == {name: getattr(job, name) for name in SWITCH}:
        return
    if wanted["enabled"]:
        switch_on(job.name, actor, reason=reason)
    else:
        why = wanted["off_reason"]
        switch_off(job.name, actor, until=wanted["off_until"], reason=why)


def _write_calendar(name: str, entry: Entry, actor: Actor) -> list[Problem]:
    for field in entry:
        if field not in ("days", "description"):
            known = "there is no such field; known: days, description."
            return [Problem(name, str(field), known)]
    lines, description = entry.get("days", []), entry.get("description", "")
    if not isinstance(lines, list) or not all(isinstance(x, str) for x in lines):
        return [Problem(name, "days", 'write a list of "2026-12-25 Christmas".')]
    if not isinstance(description, str):
        return [Problem(name, "description", "write text.")]
    days = [day for line in lines for day in read_days(line)]
    found = Calendar.objects.filter(name=name).first()
    if found is None or _days_of(found) != sorted(days):
        save_calendar(name, days, actor)
    found = Calendar.objects.filter(name=name).first()
    if found is not None and found.description != description:
        found.description = clean_text(description, 500)
        change_calendar(partial(_saved, found), actor, name=name)
    return []


def _days_of(calendar: Calendar) -> list[Any]:
    return sorted((day.date, day.note, day.kind) for day in calendar.days.all())


def _saved(calendar: Calendar) -> Calendar:
    calendar.save()
    return calendar


def _retire_others(document: Document, actor: Actor, reason: str) -> None:
    known = {each.name for each in registry.declarations()} | document.jobs.keys()
    for job in ScheduledJob.objects.filter(retired_at=None).order_by("name"):
        if job.name not in known:
            cancel_job(job.name, actor, reason=reason or "It is in no file or code.")
