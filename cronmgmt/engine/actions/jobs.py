"""Register, edit, switch off and on, retire and delete a job."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from cronmgmt import clock, registry
from cronmgmt.engine.absences import MOMENT, cover_overdue, off_gap
from cronmgmt.engine.actions.actor import CODE, Actor, Attempt, attempted, permitted
from cronmgmt.engine.actions.finding import find_job
from cronmgmt.engine.declaring import retire, revive
from cronmgmt.engine.overrides import mark_overrides, reset
from cronmgmt.engine.resolving import remember
from cronmgmt.engine.snapshots import facts_of
from cronmgmt.errors import InvalidJob, Refused
from cronmgmt.functions import adapted, importable_path
from cronmgmt.models import ScheduledJob, database
from cronmgmt.parameters import check_parameters
from cronmgmt.policies import known_policies
from cronmgmt.registry import schedule_fields
from cronmgmt.text import clean_text, is_name

DECLARED = gettext_lazy(
    "The code declares {name}: it would return with the next deploy. Retire it "
    "instead, or take it out of the code."
)


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

    def prepare() -> tuple[str, Callable[..., Any], dict[str, Any]]:
        named, found = _named(handler)
        checked = check_parameters(found, params or {}, name=named)
        when = schedule_fields(name, cron=cron_expression, timezone=timezone)
        rules = known_policies(f"Job {name}", policies)
        what = {"handler": named, "params": checked}
        return named, found, {**when, **rules, **what}

    def work() -> ScheduledJob:
        if not isinstance(handler, str):
            registry.add_handler(handler_name, function)
            remember(handler_name, importable_path(function))
        attempt.change.before = _facts_in_service(name)
        return _write(name, fields)

    attempt = registering(name, actor)
    # Whoever may not is told nothing of handlers.
    prepared = prepare() if actor.user is None else permitted(attempt, prepare)
    handler_name, function, fields = prepared
    return attempted(attempt, work)


def registering(name: str, actor: Actor) -> Attempt:
    """Return the attempt to make a job of that name, or to change the one there is."""
    job = ScheduledJob.named(name) or ScheduledJob(name=name)
    is_there = job.pk and not job.retired_at
    permission = "change_scheduledjob" if is_there else "add_scheduledjob"
    return Attempt(actor, "register", permission, name, job=job)


def permit_register(actor: Actor) -> None:
    """Return if the actor may register jobs at all, before what they ask for is read.

    Raises Forbidden, which is on record like any other attempt.
    """
    changes = actor.may("change_scheduledjob")
    permission = "change_scheduledjob" if changes else "add_scheduledjob"
    attempt = Attempt(actor, "register", permission, subject="a job")
    permitted(attempt, lambda: None)


def _facts_in_service(name: str) -> dict[str, Any] | None:
    job = ScheduledJob.objects.select_for_update().filter(name=name).first()
    return facts_of(job) if job else None


def _write(name: str, fields: Mapping[str, Any]) -> ScheduledJob:
    jobs = ScheduledJob.objects.select_for_update()
    job = jobs.filter(name=name).first() or ScheduledJob(name=name)
    for column, value in fields.items():
        setattr(job, column, value)
    if not is_declared(name):
        # It left the code: no later deploy may retire what is registered now.
        job.declared, job.overrides = {}, {}
    revive(job)
    job.set_aside_reason = ""
    job.make_valid()
    cover_overdue(job)
    job.save()
    return job


def save_job(job: ScheduledJob, actor: Actor, *, reason: str = "") -> ScheduledJob:
    """Write an edited or new job; a set-aside one is tried again."""

    def work() -> ScheduledJob:
        stored = ScheduledJob.objects.filter(pk=job.pk).first() if job.pk else None
        attempt.change.before = facts_of(stored) if stored else None
        job.set_aside_reason = ""
        mark_overrides(job, actor.label, clock.now(database()))
        cover_overdue(job)
        job.save()
        return job

    permission = "change_scheduledjob" if job.pk else "add_scheduledjob"
    action = "edit" if job.pk else "create"
    attempt = Attempt(actor, action, permission, job.name, reason=reason, job=job)
    return attempted(attempt, work)


def reset_fields(
    name: str, columns: Iterable[str], actor: Actor = CODE, *, reason: str = ""
) -> ScheduledJob:
    """Give columns that a person changed back to what the code declares."""

    def work() -> ScheduledJob:
        job = _locked(attempt)
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
        job = _locked(attempt)
        now = clock.now(database())
        if until is not None and until <= now:
            raise Refused(
                gettext_lazy("The date until which the job is off has passed already.")
            )
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
        job = _locked(attempt)
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
        job = _locked(attempt)
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
        job = _locked(attempt)
        if not job.retired_at:
            raise Refused(
                format_lazy(gettext_lazy("{name} is not retired."), name=name)
            )
        if job.declared and not is_declared(name):
            raise Refused(
                format_lazy(
                    gettext_lazy(
                        "The code declares {name} no longer; it returns when the code "
                        "declares it again."
                    ),
                    name=name,
                )
            )
        revive(job)
        job.save()
        return job

    attempt = Attempt(actor, "revive", "add_scheduledjob", name, reason=reason)
    return attempted(attempt, work)


def delete_job(name: str, actor: Actor = CODE, *, reason: str = "") -> None:
    """Delete a job's row; its runs stay, under its name.

    Raises Refused for one that the code declares: the next deploy would make it anew.
    """

    def work() -> None:
        # Locked first: no scheduler can make a run of it meanwhile.
        job = _locked(attempt)
        if refusal := refuse_delete(job):
            raise refusal
        job.delete()

    job = ScheduledJob.named(name)
    permission = "delete_scheduledjob"
    attempt = Attempt(actor, "delete", permission, name, reason=reason, job=job)
    attempted(attempt, work)


def refuse_delete(job: ScheduledJob) -> Refused | None:
    """Return why a job cannot be deleted; None if it can."""
    if not is_declared(job.name):
        return None
    return Refused(format_lazy(DECLARED, name=job.name))


def _end_of_off(job: ScheduledJob, now: datetime) -> None:
    """Cover the time that the job was off, until its date if that has passed."""
    until = min(job.off_until or now + MOMENT, now + MOMENT)
    gap = off_gap(job, until, now)
    if gap:
        gap.save()
    job.off_since = None


def _locked(attempt: Attempt) -> ScheduledJob:
    """Return the job's row, locked, and note what it is before the change."""
    find_job(attempt.job_name)
    job = ScheduledJob.objects.select_for_update().get(name=attempt.job_name)
    attempt.change.before = facts_of(job)
    return job


def is_declared(name: str) -> bool:
    """Return whether the code of this process declares a job of that name."""
    return any(each.name == name for each in registry.declarations())


def _named(handler: str | Callable[..., Any]) -> tuple[str, Callable[..., Any]]:
    """Return the handler's name and function, or raise what keeps it from being one."""
    if isinstance(handler, str):
        found = registry.find(handler)
        return found.name, found.function
    function = adapted(handler)
    name = importable_path(function).replace(":", ".").lower()
    if not is_name(name):
        raise InvalidJob(f"{name} cannot name a handler; register it with @job.")
    return name, function
