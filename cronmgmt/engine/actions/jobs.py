"""Register, edit, switch off and on, retire and delete a job."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from cronmgmt import clock, registry
from cronmgmt.engine.absences import MOMENT, cover_overdue, off_gap
from cronmgmt.engine.actions.actor import CODE, Actor, Attempt, attempted
from cronmgmt.engine.actions.runs import find_job
from cronmgmt.engine.declaring import retire, revive
from cronmgmt.engine.overrides import mark_overrides, reset
from cronmgmt.errors import InvalidJob, Refused
from cronmgmt.models import ImportedHandler, ScheduledJob, database
from cronmgmt.parameters import check_parameters
from cronmgmt.registry import importable_path, known_policies, schedule_fields
from cronmgmt.text import clean_text, is_name


def register_job(
    name: str,
    cron_expression: str | None,
    handler: str | Callable[..., Any],
    actor: Actor = CODE,
    *,
    timezone: str = "UTC",
    params: Mapping[str, Any] | None = None,
    **policies: Any,
) -> ScheduledJob:
    """Make a job at run time, or change the one of that name; a retired one returns.

    ``handler`` is a registered name or a function that every process can import; a
    lambda, closure or bound method raises HandlerRefused. ``cron_expression`` None:
    the job runs only when triggered. Raises InvalidSchedule, InvalidJob,
    InvalidParameters, UnknownHandler or ValidationError.
    """
    handler_name, function = _named(handler)
    fields = {
        **schedule_fields(name, cron=cron_expression, timezone=timezone),
        **known_policies(name, policies),
        "handler": handler_name,
        "params": check_parameters(function, params or {}, name=handler_name),
    }

    def work() -> ScheduledJob:
        if callable(handler):
            registry.add_handler(handler_name, function)
            _remember(handler_name, function)
        return _write(name, fields)

    is_there = ScheduledJob.objects.filter(name=name, retired_at=None).exists()
    permission = "change_scheduledjob" if is_there else "add_scheduledjob"
    return attempted(Attempt(actor, "register", permission, name), work)


def _write(name: str, fields: Mapping[str, Any]) -> ScheduledJob:
    jobs = ScheduledJob.objects.select_for_update()
    job = jobs.filter(name=name).first() or ScheduledJob(name=name)
    for column, value in fields.items():
        setattr(job, column, value)
    if not _is_declared(name):
        # It left the code: no later deploy may retire what is registered now.
        job.declared, job.overrides = {}, {}
    revive(job)
    job.set_aside_reason = ""
    cover_overdue(job)
    job.save()
    return job


def save_job(job: ScheduledJob, actor: Actor, *, reason: str = "") -> ScheduledJob:
    """Write an edited or new job; a set-aside one is tried again."""

    def work() -> ScheduledJob:
        job.set_aside_reason = ""
        mark_overrides(job, actor.label, clock.now(database()))
        cover_overdue(job)
        job.save()
        return job

    permission = "change_scheduledjob" if job.pk else "add_scheduledjob"
    action = "edit" if job.pk else "create"
    return attempted(Attempt(actor, action, permission, job.name, reason=reason), work)


def reset_fields(
    name: str, columns: Iterable[str], actor: Actor = CODE, *, reason: str = ""
) -> ScheduledJob:
    """Give columns that a person changed back to what the code declares."""

    def work() -> ScheduledJob:
        job = _locked(name)
        reset(job, columns)
        cover_overdue(job)
        job.save()
        return job

    attempt = Attempt(actor, "reset", "change_scheduledjob", name, reason=reason)
    return attempted(attempt, work)


def switch_off(
    name: str, actor: Actor = CODE, *, until: datetime | None = None, reason: str = ""
) -> ScheduledJob:
    """Switch a job off, for good or until a date; it comes on again by itself then."""

    def work() -> ScheduledJob:
        job = _locked(name)
        now = clock.now(database())
        if until is not None and until <= now:
            raise Refused("The date until which the job is off has passed already.")
        if not job.is_off(now):
            _end_of_off(job, now)
        job.off_since = job.off_since or now
        job.enabled, job.off_until = False, until
        job.off_reason = clean_text(reason, 500)
        job.off_by = actor.label
        cover_overdue(job)
        job.write("enabled", "off_since", "off_until", "off_reason", "off_by")
        return job

    attempt = Attempt(actor, "switch off", "switch_scheduledjob", name, reason=reason)
    return attempted(attempt, work)


def switch_on(name: str, actor: Actor = CODE, *, reason: str = "") -> ScheduledJob:
    """Switch a job on; it continues with its next future occurrence."""

    def work() -> ScheduledJob:
        job = _locked(name)
        now = clock.now(database())
        _end_of_off(job, now)
        job.enabled, job.off_until, job.off_since = True, None, None
        job.off_reason = job.off_by = job.set_aside_reason = ""
        cover_overdue(job)
        job.save()
        return job

    attempt = Attempt(actor, "switch on", "switch_scheduledjob", name, reason=reason)
    return attempted(attempt, work)


def cancel_job(name: str, actor: Actor = CODE, *, reason: str = "") -> ScheduledJob:
    """Deregister a job: it is retired, and stays so until it is registered again.

    Its history stays; runs under way go on.
    """

    def work() -> ScheduledJob:
        job = _locked(name)
        retire(job, f"person: {actor.label}")
        return job

    attempt = Attempt(actor, "retire", "delete_scheduledjob", name, reason=reason)
    return attempted(attempt, work)


def revive_job(name: str, actor: Actor = CODE, *, reason: str = "") -> ScheduledJob:
    """Put a retired job back into service, with its next future occurrence.

    Raises Refused for one that is not retired, and for one that the code declared
    and declares no longer: the next deploy would retire it again.
    """

    def work() -> ScheduledJob:
        job = _locked(name)
        if not job.retired_at:
            raise Refused(f"{name} is not retired.")
        if job.declared and not _is_declared(name):
            raise Refused(
                f"The code declares {name} no longer; it returns when the code "
                "declares it again."
            )
        revive(job)
        job.save()
        return job

    attempt = Attempt(actor, "revive", "add_scheduledjob", name, reason=reason)
    return attempted(attempt, work)


def delete_job(name: str, actor: Actor = CODE, *, reason: str = "") -> None:
    """Delete a job's row; its runs stay, under its name."""

    def work() -> None:
        # Locked first: no scheduler can make a run of it meanwhile.
        _locked(name).delete()

    attempt = Attempt(actor, "delete", "delete_scheduledjob", name, reason=reason)
    attempted(attempt, work)


def _end_of_off(job: ScheduledJob, now: datetime) -> None:
    """Cover the time that the job was off, until its date if that has passed."""
    until = min(job.off_until or now + MOMENT, now + MOMENT)
    gap = off_gap(job, until, now)
    if gap:
        gap.save()
    job.off_since = None


def _locked(name: str) -> ScheduledJob:
    find_job(name)
    return ScheduledJob.objects.select_for_update().get(name=name)


def _is_declared(name: str) -> bool:
    return any(each.name == name for each in registry.declarations())


def _named(handler: str | Callable[..., Any]) -> tuple[str, Callable[..., Any]]:
    """Return the handler's name and function, or raise what keeps it from being one."""
    if not callable(handler):
        found = registry.find(handler)
        return found.name, found.function
    name = importable_path(handler).replace(":", ".").lower()
    if not is_name(name):
        raise InvalidJob(f"{name} cannot name a handler; register it with @job.")
    return name, handler


def _remember(name: str, function: Callable[..., Any]) -> None:
    """Tell the workers of all hosts where to import the function from."""
    row = ImportedHandler.objects.filter(name=name).first()
    row = row or ImportedHandler(name=name)
    row.path = importable_path(function)
    row.sign()
    row.save()
