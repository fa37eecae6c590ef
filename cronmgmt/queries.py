"""Read-only questions that dashboard, API and commands all ask.

Each reads a bounded number of indexed rows: what it costs does not grow with history.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from cronmgmt import clock
from cronmgmt.errors import UnknownJob
from cronmgmt.models import (
    HELD,
    UNFINISHED,
    Gap,
    JobRun,
    Node,
    Pause,
    RunLog,
    ScheduledJob,
    Status,
    database,
)
from cronmgmt.schedules import Note, clock_notes, describe

NODE_SILENT_AFTER = timedelta(minutes=1)
YEAR = timedelta(days=366)


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


def jobs(*, retired: bool = False) -> list[JobState]:
    """Return all jobs in service by name, each with its unfinished run."""
    rows = ScheduledJob.objects.order_by("name")
    if not retired:
        rows = rows.filter(retired_at=None)
    current = _unfinished()
    return [JobState(job, current.get(job.pk)) for job in rows]


def job(name: str) -> JobState:
    """Return one job with its unfinished run, or raise UnknownJob."""
    row = ScheduledJob.named(name)
    if row is None:
        raise UnknownJob(f"There is no job {name!r}.")
    return JobState(row, _unfinished(job_id=row.pk).get(row.pk))


def _unfinished(**only: Any) -> dict[int | None, JobRun]:
    """Return one unfinished run per job, one that is held before one that waits.

    One row per job is read, however many runs of it wait.
    """
    runs = JobRun.objects.filter(finished_at=None, job__isnull=False, **only)
    held = Max("pk", filter=Q(status__in=HELD))
    chosen = runs.order_by().values("job").annotate(one=Coalesce(held, Min("pk")))
    rows = JobRun.objects.filter(pk__in=list(chosen.values_list("one", flat=True)))
    found = rows.defer("params", "result", "checkpoint", "traceback")
    return {run.job_id: run for run in found}


def job_as_json(state: JobState) -> dict[str, Any]:
    """Return what programs are told of a job; ``error`` stays until a success."""
    job = state.job
    return {
        "name": job.name,
        "status": state.status,
        "lastRun": _iso(job.last_started_at),
        "nextRun": _iso(job.next_run_at),
        "duration": None if job.last_duration is None else round(job.last_duration, 3),
        "error": job.last_error or None,
        "title": str(job),
        "schedule": job.schedule_expression or job.schedule_kind,
        "timezone": job.timezone,
        "state": job.state,
        "lastStatus": job.last_status or None,
        "lastSuccess": _iso(job.last_success_at),
        "consecutiveFailures": job.consecutive_failures,
        "executionId": str(state.current.execution_id) if state.current else None,
    }


def history(name: str) -> QuerySet[JobRun]:
    """Return the runs of a job, latest first; slice it."""
    row = ScheduledJob.named(name)
    runs = JobRun.objects.filter(job=row) if row else JobRun.objects.none()
    return runs.order_by("-id").defer("result", "checkpoint", "traceback")


def last_result(name: str) -> JobRun | None:
    """Return the job's latest run that was executed to an end; None before the first.

    Raises UnknownJob.
    """
    last = job(name).job.last_execution_id
    return JobRun.objects.filter(execution_id=last).first() if last else None


def result_as_json(run: JobRun) -> dict[str, Any]:
    """Return what programs are told of a finished run."""
    return {
        "executionId": str(run.execution_id),
        "status": run.status,
        "duration": None if run.duration is None else round(run.duration, 3),
        "error": run.error_message or None,
        "result": run.result,
        "startedAt": _iso(run.started_at),
        "finishedAt": _iso(run.finished_at),
    }


def run(execution_id: str) -> JobRun | None:
    """Return one run, or None."""
    try:
        key = UUID(execution_id)
    except ValueError:
        return None
    return JobRun.objects.select_related("job").filter(execution_id=key).first()


def log_text(run: JobRun) -> str:
    """Return all that is kept of what a run printed and logged."""
    pieces = RunLog.objects.filter(run_id=run.pk).order_by("id")
    return "".join(pieces.values_list("text", flat=True))


def live_nodes() -> list[Node]:
    """Return the nodes that were seen within the last minute and did not stop."""
    since = clock.now(database()) - NODE_SILENT_AFTER
    return list(Node.objects.filter(seen_at__gte=since, stopped_at=None))


def pauses() -> list[Pause]:
    """Return what keeps everything, or the jobs of a tag, from running now."""
    return Pause.not_over(clock.now(database()))


def backlog() -> dict[str, int]:
    """Return how many runs wait per queue, counting only those that are available."""
    now = clock.now(database())
    waiting = JobRun.objects.filter(status=Status.QUEUED, available_at__lte=now)
    counted = waiting.order_by().values_list("queue").annotate(Count("pk"))
    return dict(counted)


def parked() -> int:
    """Return how many runs wait for a lock."""
    waiting = JobRun.objects.filter(waits_for__isnull=False, status=Status.WAITING)
    return waiting.count()


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


def gaps(job: ScheduledJob, limit: int = 5) -> list[Gap]:
    """Return the latest stretches of occurrences that did not run."""
    return list(Gap.objects.filter(job=job).order_by("-last")[:limit])


def in_words(job: ScheduledJob) -> str:
    """Say in plain English when the job runs, or what keeps that from being known."""
    try:
        return describe(job.schedule)
    except Exception as error:
        # Whatever a row edited by hand holds, the pages that list it still show it.
        return _("unusable schedule: %(error)s") % {"error": error}


@dataclass(frozen=True, slots=True)
class Preview:
    """When a job will run if nobody changes it, or why that cannot be known."""

    words: str
    moments: list[datetime]
    notes: list[Note]


def preview(job: ScheduledJob, limit: int = 10) -> Preview:
    """Return a job's next occurrences, and what clock changes of a year do to it.

    Also for a job that is off: so it would run.
    """
    now = clock.now(database())
    try:
        schedule = job.schedule
        moments = schedule.between(now, now + 10 * YEAR, limit)
        notes = clock_notes(schedule, now, now + YEAR)
    except Exception:
        # Whatever a row edited by hand holds; in_words says what is wrong with it.
        return Preview(in_words(job), [], [])
    return Preview(in_words(job), moments, notes)


def shown_error(text: str, *, allowed: bool) -> str:
    """Return an error's text, or for those who may not read it only that there is one."""
    if not text or allowed:
        return text
    return _("Failed. You may not read error messages.")


def shown_reason(run: JobRun, *, allowed: bool) -> str:
    """Return why a run is as it is; for a failed attempt that is an error's text."""
    is_parked = run.status == Status.WAITING  # Then it names what it waits for.
    tried = run.status in UNFINISHED and run.attempt > 0 and not is_parked
    return shown_error(
        run.reason, allowed=allowed or not (tried or run.status == Status.FAILED)
    )


def is_reachable() -> bool:
    """Read from the app's tables; a database that is down raises its own error."""
    ScheduledJob.objects.exists()
    return True


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
