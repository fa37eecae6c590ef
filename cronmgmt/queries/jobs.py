"""The jobs, each with what is under way of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Max, Min, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from cronmgmt.actors import Actor, visible_to
from cronmgmt.errors import UnknownJob, shorten
from cronmgmt.models import HELD, JobRun, ScheduledJob
from cronmgmt.queries.texts import iso

UNSHOWN = ("params", "result", "checkpoint", "traceback")
"""Columns that may be long, and that no list shows."""


@dataclass(frozen=True, slots=True)
class JobState:
    """A job with the run of it that is unfinished, if there is one."""

    job: ScheduledJob
    current: JobRun | None

    @property
    def status(self) -> str:
        """``running``, ``error`` (until the next success) or ``idle``."""
        if self.current is not None and self.current.status in HELD:
            return "running"
        return "error" if self.job.last_error else "idle"

    @property
    def blocked(self) -> bool:
        """Whether a trigger would be refused now."""
        skips = self.job.overlap == ScheduledJob.Overlap.SKIP
        return bool(skips and self.current and self.current.active_key)


def jobs(
    actor: Actor | None = None,
    *,
    retired: bool = False,
    after: str = "",
    limit: int | None = None,
) -> list[JobState]:
    """Return all jobs in service by name, each with its unfinished run.

    With a limit: so many of those that come after a name.
    """
    rows = visible_to(actor, ScheduledJob.objects.order_by("name"))
    if not retired:
        rows = rows.filter(retired_at=None)
    if limit is None:
        current = _unfinished(JobRun.objects.filter(job__isnull=False))
        return [JobState(job, current.get(job.pk)) for job in rows]
    some = list(rows.filter(name__gt=after)[:limit])
    current = _unfinished(JobRun.objects.filter(job__in=[job.pk for job in some]))
    return [JobState(job, current.get(job.pk)) for job in some]


def job(name: str, actor: Actor | None = None) -> JobState:
    """Return one job with its unfinished run, or raise UnknownJob."""
    row = ScheduledJob.named(name)
    if row is None or not (actor is None or actor.sees(row)):
        raise UnknownJob(_("There is no job {name!r}.").format(name=shorten(name)))
    return JobState(row, _unfinished_of(row))


def _unfinished_of(job: ScheduledJob) -> JobRun | None:
    """Return an unfinished run of one job, by one query: one that is held, if any."""
    held_first = Case(When(status__in=HELD, then=0), default=1)
    runs = JobRun.objects.filter(finished_at=None, job=job).defer(*UNSHOWN)
    return runs.order_by(held_first, "pk").first()


def _unfinished(runs: QuerySet[JobRun]) -> dict[int | None, JobRun]:
    """Return one unfinished run per job, one that is held before one that waits.

    One row per job is read, however many runs of it wait.
    """
    runs = runs.filter(finished_at=None)
    held = Max("pk", filter=Q(status__in=HELD))
    chosen = runs.order_by().values("job").annotate(one=Coalesce(held, Min("pk")))
    rows = JobRun.objects.filter(pk__in=list(chosen.values_list("one", flat=True)))
    return {run.job_id: run for run in rows.defer(*UNSHOWN)}


def job_as_json(state: JobState) -> dict[str, Any]:
    """Return what programs are told of a job; ``error`` stays until a success."""
    job = state.job
    return {
        "name": job.name,
        "status": state.status,
        "lastRun": iso(job.last_started_at),
        "nextRun": iso(job.next_run_at),
        "duration": None if job.last_duration is None else round(job.last_duration, 3),
        "error": job.last_error or None,
        "title": str(job),
        "schedule": job.schedule_expression or job.schedule_kind,
        "timezone": job.timezone,
        "state": job.state,
        "lastStatus": job.last_status or None,
        "lastSuccess": iso(job.last_success_at),
        "consecutiveFailures": job.consecutive_failures,
        "executionId": str(state.current.execution_id) if state.current else None,
    }
