"""Rows -> what programs are told of them, by what they may read."""

from __future__ import annotations

from typing import Any

from cronmgmt import queries
from cronmgmt.actors import Actor
from cronmgmt.engine.portable.entries import entry_of
from cronmgmt.ledger import Answer
from cronmgmt.models import Activity, JobRun
from cronmgmt.queries.texts import iso

NO_RESULT = dict.fromkeys(
    ["executionId", "status", "duration", "error", "result", "itemsProcessed"]
    + ["progress", "startedAt", "finishedAt"]
)


def told_job(state: queries.JobState, actor: Actor) -> dict[str, Any]:
    """Return what is told of a job in a list."""
    told = queries.job_as_json(state)
    return {**told, "error": error_for(actor, told["error"])}


def told_job_in_full(state: queries.JobState, actor: Actor) -> dict[str, Any]:
    """Return all of a job; ``definition`` is as in a file of jobs, secrets masked."""
    job = state.job
    definition = entry_of(job, full=True)
    definition["params"] = queries.shown_parameters(job.handler, job.params)
    return {
        **told_job(state, actor),
        "revision": job.revision,
        "definition": definition,
        "offUntil": iso(job.off_until),
        "offReason": job.off_reason,
        "offBy": job.off_by,
    }


def told_result(name: str, run: JobRun | None, actor: Actor) -> dict[str, Any]:
    """Return how a job's latest run ended; all is null before the first."""
    told = {"jobName": name, **(queries.result_as_json(run) if run else NO_RESULT)}
    return {**told, "error": error_for(actor, told["error"])}


def told_run(run: JobRun, actor: Actor) -> dict[str, Any]:
    """Return what is told of a run in a list."""
    allowed = actor.may("view_error_jobrun")
    return {
        "executionId": str(run.execution_id),
        "jobName": run.job_name,
        "handler": run.handler,
        "target": run.target or None,
        "status": run.status,
        "origin": run.origin,
        "requestedBy": run.requested_by,
        "scheduledFor": iso(run.scheduled_for),
        "intendedFor": iso(run.intended_for),
        "availableAt": iso(run.available_at),
        "createdAt": iso(run.created_at),
        "startedAt": iso(run.started_at),
        "finishedAt": iso(run.finished_at),
        "duration": run.duration,
        "attempt": run.attempt,
        "worker": run.worker,
        "itemsProcessed": run.items_processed,
        "progress": {"done": run.progress_done, "total": run.progress_total},
        "cancelRequested": run.cancel_requested,
        "reason": queries.shown_reason(run, allowed=allowed) or None,
        "error": error_for(actor, run.error_message),
    }


def told_run_in_full(run: JobRun, actor: Actor) -> dict[str, Any]:
    """Return all of a run."""
    allowed = actor.may("view_error_jobrun")
    return {
        **told_run(run, actor),
        "params": queries.shown_parameters(run.handler, run.params),
        "result": run.result,
        "rerunOf": str(run.rerun_of) if run.rerun_of else None,
        "queue": run.queue,
        "priority": run.priority,
        "targets": [
            queries.target_as_json(each, allowed=allowed)
            for each in queries.target_results(run)
        ],
        "traceback": (run.traceback or None) if allowed else None,
    }


def told_record(record: Activity, actor: Actor) -> dict[str, Any]:
    """Return who did or tried what."""
    allowed = actor.may("view_error_jobrun")
    return {
        "at": iso(record.at),
        "actor": record.actor,
        "source": record.source,
        "address": record.address,
        "action": record.action,
        "jobName": record.job_name or None,
        "executionId": str(record.execution_id) if record.execution_id else None,
        "allowed": record.allowed,
        "failed": record.failed,
        "unusual": record.unusual,
        "reason": queries.shown_record(record, allowed=allowed),
        "before": record.before,
        "after": record.after,
    }


def told_answer(answer: Answer, actor: Actor) -> dict[str, Any]:
    """Return what became of an occurrence; what an error says only to who may read."""
    told = answer.as_json()
    run = answer.run
    if run is not None:
        allowed = actor.may("view_error_jobrun")
        shown = queries.shown_reason(run, allowed=allowed)
        told["reason"] = told["reason"] if shown == run.reason else shown
    return told


def told_machinery(found: queries.Machinery) -> dict[str, Any]:
    """Return how nodes and queues are."""
    return {
        "nodes": [_node(each) for each in found.nodes],
        "queues": [
            {"queue": each.queue, "waiting": each.count, "since": iso(each.since)}
            for each in found.waiting
        ],
        "parked": found.parked,
        "workers": found.workers,
        "troubles": found.troubles,
    }


def error_for(actor: Actor, error: Any) -> str | None:
    """Return an error's text, or only that there is one."""
    allowed = actor.may("view_error_jobrun")
    return queries.shown_error(error or "", allowed=allowed) or None


def _node(state: queries.NodeState) -> dict[str, Any]:
    node = state.node
    return {
        "name": node.name,
        "instance": node.instance,
        "state": state.state,
        "workers": node.workers,
        "version": node.version,
        "schedules": state.schedules,
        "startedAt": iso(node.started_at),
        "seenAt": iso(node.seen_at),
    }
