"""Trigger a job, run it again, cancel a run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from cronmgmt import clock, registry
from cronmgmt.clock import sql_now
from cronmgmt.conf import conf
from cronmgmt.engine.actions.actor import CODE, Actor, Attempt, attempted
from cronmgmt.engine.making import make_run
from cronmgmt.engine.overlap import active_keys, crowd, replaces, save_new
from cronmgmt.engine.replacing import ENDED, UNSTARTED, cancel, make_way, pass_on
from cronmgmt.engine.rings import ring_on_commit
from cronmgmt.engine.transactions import after_commit
from cronmgmt.errors import Blocked, Refused, UnknownJob
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
    **changes: Any,
) -> JobRun:
    """Queue a run of the job now, whatever its schedule says.

    ``params`` replace the job's own one by one. Raises UnknownJob, InvalidParameters,
    Forbidden, or Blocked with the run that is in the way.
    """

    def work() -> JobRun:
        job = find_job(name)
        _refuse_unless_runnable(job)
        run = make_run(job, origin, clock.now(database()), **changes)
        run.params = _merged(job, params)
        run.requested_by = actor.label
        run.reason = clean_text(reason, 2000)
        return insert(run)

    attempt = Attempt(actor, "trigger", "trigger_scheduledjob", name, reason=reason)
    return attempted(attempt, work)


def rerun(execution_id: UUID | str, actor: Actor = CODE, *, reason: str = "") -> JobRun:
    """Queue a finished run once more, as a new run that refers to it.

    Raises Refused when it is unfinished or its job is gone.
    """
    old = find_run(execution_id)

    def work() -> JobRun:
        if not old.is_finished:
            raise Refused(
                f"Run {old.pk} is {old.get_status_display()}; cancel it first."
            )
        if old.job is None:
            raise Refused(f"The job {old.job_name} of this run was deleted.")
        _refuse_unless_runnable(old.job)
        run = make_run(old.job, Origin.RERUN, clock.now(database()))
        run.params, run.intended_for = old.params, old.intended_for
        run.rerun_of, run.requested_by = old.execution_id, actor.label
        return insert(run)

    attempt = Attempt(
        actor, "rerun", "rerun_jobrun", old.job_name, old.execution_id, reason
    )
    return attempted(attempt, work)


def cancel_run(
    execution_id: UUID | str, actor: Actor = CODE, *, reason: str = ""
) -> JobRun:
    """Cancel a run: at once if it has not started, else its handler is interrupted.

    Raises Refused when it is finished already.
    """
    found = find_run(execution_id)
    sentence = f"Cancelled by {actor.label}" + (f": {reason}" if reason else ".")
    sentence = clean_text(sentence, 2000)

    def work() -> JobRun:
        waiting = JobRun.objects.filter(pk=found.pk, status__in=UNSTARTED)
        ended = waiting.update(**ENDED, finished_at=sql_now(), reason=sentence)
        if ended and found.lock_digest:
            after_commit(partial(pass_on, found.pk))
        running = JobRun.objects.filter(pk=found.pk, status=Status.RUNNING)
        if not ended and not running.update(cancel_requested=True, reason=sentence):
            raise Refused(f"Run {found.pk} is finished already.")
        return find_run(execution_id)

    attempt = Attempt(
        actor, "cancel", "cancel_jobrun", found.job_name, found.execution_id, reason
    )
    return attempted(attempt, work)


def find_job(name: str) -> ScheduledJob:
    """Return the job of that name, or raise UnknownJob."""
    job = ScheduledJob.named(name)
    if job is None:
        raise UnknownJob(f"There is no job {name!r}.")
    return job


def find_run(execution_id: UUID | str) -> JobRun:
    """Return the run of that execution id, or raise Refused."""
    try:
        key = UUID(str(execution_id))
    except ValueError:
        raise Refused(f"{execution_id!r} is not an execution id.") from None
    run = JobRun.objects.select_related("job").filter(execution_id=key).first()
    if run is None:
        raise Refused(f"There is no run {key}.")
    return run


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
        _refuse_if_full(run.job)
        raise error
    cancel(replaced)
    if run.status == Status.QUEUED:
        ring_on_commit({run.queue: 1})
    return run


def _refuse_unless_runnable(job: ScheduledJob) -> None:
    if not conf.ENABLED:
        raise Refused("Nothing runs on this site: CRONMGMT['ENABLED'] is False.")
    if job.retired_at:
        raise Refused(f"{job.name} is retired; register it again to run it.")
    if job.set_aside_reason:
        raise Refused(f"{job.name} is set aside: {job.set_aside_reason}")
    # The constraint decides in any case; this names the run before the attempt.
    if job.overlap != ScheduledJob.Overlap.REPLACE:
        _refuse_if_full(job)


def _refuse_if_full(job: ScheduledJob | None) -> None:
    """Refuse if unfinished runs have all active keys of the job."""
    keys = active_keys(job)
    holders = list(JobRun.objects.filter(active_key__in=keys).order_by("pk"))
    if job is None or not keys or len(holders) < len(keys):
        return
    first = holders[0]
    because = (
        f"run {first.pk} is {first.get_status_display()}, and runs of this job do not "
        "overlap"
    )
    if job.overlap == ScheduledJob.Overlap.WAIT:
        because = crowd(job)
    raise Blocked(f"{job.name}: {because}.", execution_id=str(first.execution_id))


def _merged(job: ScheduledJob, params: Mapping[str, Any] | None) -> dict[str, Any]:
    given = json_object(params or {}, name=job.handler)
    merged = {**job.params, **given}
    if registry.is_registered(job.handler):
        function = registry.find(job.handler).function
        return check_parameters(function, merged, name=job.handler)
    return merged
