"""What ran, what came out, and what did not run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from cronmgmt.actors import Actor, visible_to
from cronmgmt.models import JobRun, RunLog, ScheduledJob
from cronmgmt.queries.jobs import job
from cronmgmt.queries.texts import iso

SLICE = 500
"""So many values fit into one statement on every database."""


LATER = 500
"""So many later runs of a job are looked at for one that repeats another."""


def history(name: str, actor: Actor | None = None) -> QuerySet[JobRun]:
    """Return the runs of a job, latest first; slice it."""
    row = ScheduledJob.named(name)
    runs = JobRun.objects.filter(job=row) if row else JobRun.objects.none()
    return (
        visible_to(actor, runs)
        .order_by("-id")
        .defer("result", "checkpoint", "traceback")
    )


def last_result(name: str, actor: Actor | None = None) -> JobRun | None:
    """Return the job's latest run that was executed to an end; None before the first.

    Raises UnknownJob.
    """
    last = job(name, actor).job.last_execution_id
    return JobRun.objects.filter(execution_id=last).first() if last else None


def result_as_json(run: JobRun) -> dict[str, Any]:
    """Return what programs are told of a finished run."""
    return {
        "executionId": str(run.execution_id),
        "status": run.status,
        "duration": None if run.duration is None else round(run.duration, 3),
        "error": run.error_message or None,
        "result": run.result,
        "itemsProcessed": run.items_processed,
        "progress": {"done": run.progress_done, "total": run.progress_total},
        "startedAt": iso(run.started_at),
        "finishedAt": iso(run.finished_at),
    }


def run(execution_id: str, actor: Actor | None = None) -> JobRun | None:
    """Return one run; None if there is none, or none that the actor may see."""
    try:
        key = UUID(execution_id)
    except ValueError:
        return None
    found = JobRun.objects.select_related("job").filter(execution_id=key).first()
    is_seen = found is not None and (actor is None or actor.sees_run(found))
    return found if is_seen else None


def log_text(run: JobRun) -> str:
    """Return all that is kept of what a run printed and logged."""
    pieces = RunLog.objects.filter(run_id=run.pk).order_by("id")
    return "".join(pieces.values_list("text", flat=True))


@dataclass(frozen=True, slots=True)
class Page:
    """Some runs, latest first, and the id before which the older ones are."""

    runs: list[JobRun]
    older: int | None


def history_page(job: ScheduledJob, before: int | None = None, size: int = 50) -> Page:
    """Return the runs of a job that came before one, without counting the others."""
    runs = JobRun.objects.filter(job=job).order_by("-id")
    if before is not None:
        runs = runs.filter(id__lt=before)
    found = list(runs.defer("params", "result", "checkpoint", "traceback")[: size + 1])
    return Page(found[:size], found[size - 1].pk if len(found) > size else None)


def endings(execution_ids: Sequence[UUID]) -> dict[str, int]:
    """Return how many of these runs have ended, by status."""
    counts: Counter[str] = Counter()
    for start in range(0, len(execution_ids), SLICE):
        some = execution_ids[start : start + SLICE]
        ended = JobRun.objects.filter(execution_id__in=some, finished_at__isnull=False)
        counts.update(ended.values_list("status", flat=True))
    return dict(counts)


def repeats(run: JobRun) -> list[JobRun]:
    """Return the runs that repeat this one, of the LATER runs of its job after it."""
    if run.job_id is None or not run.is_finished:
        return []
    after = JobRun.objects.filter(job=run.job_id, id__gt=run.pk).order_by("id")
    # No index leads to them, so a bounded stretch of another is read.
    later = after.only("id", "execution_id", "status", "rerun_of")[:LATER]
    return [each for each in later if each.rerun_of == run.execution_id]
