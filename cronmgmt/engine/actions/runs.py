"""Trigger a job, run it again, cancel a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from cronmgmt import clock, registry
from cronmgmt.clock import sql_now
from cronmgmt.engine import strangers
from cronmgmt.engine.actions.actor import CODE, Actor, Attempt, attempted, permitted
from cronmgmt.engine.actions.finding import as_key, find_job, find_run, named_run
from cronmgmt.engine.actions.standing import (
    refuse_if_full,
    refuse_unknown_target,
    refuse_unless_finished,
    refuse_unless_runnable,
)
from cronmgmt.engine.actions.work import again, is_work, refuse_if_taken
from cronmgmt.engine.mailing import queue_mail, whom_to_tell
from cronmgmt.engine.making import make_run
from cronmgmt.engine.overlap import replaces, save_new
from cronmgmt.engine.records import record
from cronmgmt.engine.replacing import ENDED, UNSTARTED, cancel, make_way, pass_on
from cronmgmt.engine.rings import ring_on_commit
from cronmgmt.engine.terms import addresses
from cronmgmt.engine.transactions import after_commit
from cronmgmt.errors import Refused
from cronmgmt.models import JobRun, Origin, ScheduledJob, Status, database
from cronmgmt.parameters import check_parameters, json_object
from cronmgmt.text import clean_text

TRIES = 5
"""So often others may make a run of a job that replaces at the same moment."""


def trigger(
    name: str,
    actor: Actor = CODE,
    *,
    params: Mapping[str, Any] | None = None,
    origin: str = Origin.MANUAL,
    reason: str = "",
    notify: Any = None,
    **changes: Any,
) -> JobRun:
    """Queue a run of the job now, whatever its schedule says.

    ``params`` replace the job's own one by one; ``notify`` are people or addresses
    that are mailed when it ends, besides those that the job says. ``changes`` are
    columns of the run, such as the ``target`` that it is for. Raises UnknownJob,
    InvalidParameters, InvalidWork, Forbidden, Refused for an unknown target, or
    Blocked with the run that is in the way.
    """
    told, target = addresses(notify), changes.get("target", "")

    def work() -> JobRun:
        strangers.refuse(told, actor)
        job = find_job(name, actor)
        if params or told or target:
            attempt.change.after = _as_asked(params, told, target)
            attempt.change.handler = job.handler
        refuse_unless_runnable(job)
        run = make_run(job, origin, clock.now(database()), **changes)
        refuse_unknown_target(run)
        run.params = merged(job, params)
        run.requested_by = actor.label
        run.notify = whom_to_tell(job, actor.user, told)
        run.reason = clean_text(reason, 2000)
        return insert(run)

    attempt = Attempt(actor, "trigger", "trigger_scheduledjob", name, reason=reason)
    return attempted(attempt, work)


def permit_trigger(name: str, actor: Actor) -> ScheduledJob:
    """Return the job if the actor may trigger it, before the parameters are read.

    Raises UnknownJob or Forbidden, which is on record like any other attempt.
    """
    attempt = Attempt(actor, "trigger", "trigger_scheduledjob", name)
    return permitted(attempt, lambda: find_job(name, actor))


def refuse_trigger(job: ScheduledJob, actor: Actor, *, wrong: Iterable[str]) -> None:
    """Put on record that a job was not triggered, for what was filled in.

    ``wrong`` names the fields; what was typed there may be a secret.
    """
    attempt = Attempt(actor, "trigger", "trigger_scheduledjob", job.name, job=job)
    record(attempt.deed(allowed=False, reason=_misfilled(wrong)))


def _as_asked(
    params: Mapping[str, Any] | None, told: Sequence[str], target: str = ""
) -> dict[str, Any]:
    """Return what the record says of how a run was asked for."""
    all_of_it = {"params": params, "notify": list(told), "target": target}
    return {name: value for name, value in all_of_it.items() if value}


def _misfilled(fields: Iterable[str]) -> str:
    return f"What was filled in cannot be used: {', '.join(sorted(fields))}."


def rerun(
    execution_id: UUID | str,
    actor: Actor = CODE,
    *,
    params: Mapping[str, Any] | None = None,
    intended_for: datetime | None = None,
    reason: str = "",
    notify: Any = None,
) -> JobRun:
    """Queue a finished run once more, as a new run that refers to it.

    ``params`` replace the run's own one by one; ``intended_for``, an aware datetime, is
    the date that its handler sees instead of the run's; ``notify`` as with a trigger.
    Raises UnknownRun, Refused when it is unfinished or its job is gone, Blocked,
    Forbidden, InvalidParameters and InvalidWork.
    """
    told = addresses(notify)
    old = named_run(execution_id)

    def work() -> JobRun:
        strangers.refuse(told, actor)
        found = find_run(execution_id, actor)
        refuse_unless_finished(found)
        run = _repeated(found)
        refuse_unknown_target(run)
        if params:
            run.params = merged(run.job or found, params, found.params)
        else:
            run.params = found.params
        run.intended_for = intended_for or found.intended_for
        run.rerun_of, run.requested_by = found.execution_id, actor.label
        run.notify = _told_again(run, actor, told)
        attempt.change.after = {"run": str(run.execution_id), **_as_asked(None, told)}
        return insert(run)

    attempt = _of_run(actor, "rerun", old, execution_id, reason)
    return attempted(attempt, work)


def _told_again(run: JobRun, actor: Actor, told: Sequence[str]) -> list[str] | None:
    if run.job is not None:
        return whom_to_tell(run.job, actor.user, told)
    return list(dict.fromkeys([*(run.notify or []), *told])) if told else run.notify


def _repeated(old: JobRun) -> JobRun:
    now = clock.now(database())
    if is_work(old):
        return again(old, now)
    if old.job is None:
        raise Refused(
            format_lazy(
                gettext_lazy("The job {name} of this run was deleted."),
                name=old.job_name,
            )
        )
    refuse_unless_runnable(old.job)
    return make_run(old.job, Origin.RERUN, now, target=old.target)


def permit_rerun(execution_id: UUID | str, actor: Actor) -> JobRun:
    """Return the run if the actor may run it again, before the parameters are read.

    Raises UnknownRun or Forbidden, which is on record like any other attempt.
    """
    return permit_run("rerun", execution_id, actor)


def permit_run(action: str, execution_id: UUID | str, actor: Actor) -> JobRun:
    """Return the run if the actor may ``rerun`` or ``cancel`` it; as above."""
    attempt = _of_run(actor, action, named_run(execution_id), execution_id, "")
    return permitted(attempt, lambda: find_run(execution_id, actor))


def refuse_rerun(run: JobRun, actor: Actor, *, wrong: Iterable[str]) -> None:
    """Put on record that a run was not repeated, for the fields named by ``wrong``."""
    attempt = _of_run(actor, "rerun", run, run.execution_id, "")
    record(attempt.deed(allowed=False, reason=_misfilled(wrong)))


def cancel_run(
    execution_id: UUID | str, actor: Actor = CODE, *, reason: str = ""
) -> JobRun:
    """Cancel a run: at once if it has not started, else its handler is interrupted.

    Raises UnknownRun, or Refused when it is finished already.
    """
    sentence = f"Cancelled by {actor.label}" + (f": {reason}" if reason else ".")
    sentence = clean_text(sentence, 2000)

    def work() -> JobRun:
        found = find_run(execution_id, actor)
        waiting = JobRun.objects.filter(pk=found.pk, status__in=UNSTARTED)
        ended = waiting.update(**ENDED, finished_at=sql_now(), reason=sentence)
        if ended:
            queue_mail(found)
        if ended and found.lock_digest:
            after_commit(partial(pass_on, found.pk))
        running = JobRun.objects.filter(pk=found.pk, status=Status.RUNNING)
        if not ended and not running.update(cancel_requested=True, reason=sentence):
            raise Refused(
                format_lazy(
                    gettext_lazy("Run {number} is finished already."), number=found.pk
                )
            )
        now = find_run(execution_id)
        attempt.change.before, attempt.change.after = _state(found), _state(now)
        return now

    old = named_run(execution_id)
    attempt = _of_run(actor, "cancel", old, execution_id, reason)
    return attempted(attempt, work)


def _state(run: JobRun) -> dict[str, Any]:
    return {"status": run.status, "cancel_requested": run.cancel_requested}


def _of_run(
    actor: Actor,
    action: str,
    run: JobRun | None,
    execution_id: UUID | str,
    reason: str,
) -> Attempt:
    return Attempt(
        actor,
        action,
        f"{action}_jobrun",
        job_name=run.job_name if run else "",
        execution_id=as_key(execution_id),
        reason=reason,
        run=run,
    )


def insert(run: JobRun) -> JobRun:
    """Write a queued run and ring for it, or raise Blocked with what is in the way."""
    error, replaced = None, []
    for _ in range(TRIES):
        # The older one's row before our own: the insert locks the job's.
        replaced += make_way([run], wait=True)[1]
        error = save_new(run)
        if error is None or not replaces(run):
            break
    if error is not None:
        refuse_if_full(run.job)
        refuse_if_taken(run)
        raise error
    cancel(replaced)
    if run.status == Status.QUEUED:
        ring_on_commit({run.queue: 1})
    return run


def merged(
    job: ScheduledJob | JobRun,
    params: Mapping[str, Any] | None,
    usual: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return ``usual``, or the job's parameters, with ``params`` in place, checked."""
    given = json_object({} if params is None else params, name=job.handler)
    both = {**(job.params if usual is None else usual), **given}
    if registry.is_registered(job.handler):
        function = registry.find(job.handler).function
        return check_parameters(function, both, name=job.handler)
    return both
