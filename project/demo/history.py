"""Thirty days of what might have been: so that every screen has something to show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from cronmgmt.models import Gap, JobRun, Origin, RunLog, ScheduledJob, Status

DAYS = 30
OUTAGE = (timedelta(days=9, hours=14), timedelta(days=7, hours=3))
"""So long ago nobody was there, from and until: over two nights, whatever time it is."""

USUAL = {
    "facilities-regions": 34.0,
    "positions": 61.0,
    "certification-expiry": 4.0,
    "nightly-report": 12.0,
    "intercom": 410.0,
}
"""Jobs that have a history, with the seconds that each usually takes."""

UNLUCKY = {"positions": 0.05, "intercom": 0.12}
"""How often a run fails, where it does."""

ERRORS = {
    "positions": (
        "OperationalError",
        "(2013, 'Lost connection to MySQL server during query')",
    ),
    "intercom": ("HTTPError", "503 from the contacts' API: try again later"),
    "nightly-report": (
        "OperationalError",
        'connection to server at "target" failed: Connection timed out',
    ),
}

LAST_NIGHT = "nightly-report"
"""The job whose latest run failed: something that wants attention."""
TRACEBACK = """Traceback (most recent call last):
  File "project/jobs/{job}.py", line 41, in {job}
    return push(run)
{kind}: {message}
"""
LINES = "Reading…\n{half} of {items} done\nDone: {items}\n"


def make_history() -> None:
    """Write what each job did before today, once; only where no run is on record."""
    now = timezone.now()
    for name in USUAL:
        job = ScheduledJob.objects.get(name=name)
        if not job.runs.exists():
            _write(job, now)


def _write(job: ScheduledJob, now: datetime) -> None:
    random = Random(job.name)
    began, ended = (now - ago for ago in OUTAGE)
    times = job.schedule.between(now - timedelta(days=DAYS), now, 1000)
    missed = [moment for moment in times if began <= moment <= ended]
    runs = [_run(job, at, random) for at in times if at not in missed]
    if job.name == LAST_NIGHT and runs:
        _fail(runs[-1])
    JobRun.objects.bulk_create([*runs, *_alone(job, missed)])
    if len(missed) > 1:
        _gap(job, missed, now)
    written = JobRun.objects.filter(job=job, started_at__isnull=False).order_by("-id")
    RunLog.objects.bulk_create(_log(run) for run in written)
    _count(job, list(written))


def _run(job: ScheduledJob, due: datetime, random: Random) -> JobRun:
    took = USUAL[job.name] * random.lognormvariate(0, 0.25)
    started = due + timedelta(seconds=random.uniform(0.01, 0.4))
    run = JobRun(
        job=job,
        job_name=job.name,
        handler=job.handler,
        origin=Origin.SCHEDULE,
        scheduled_for=due,
        intended_for=due,
        available_at=due,
        created_at=due - timedelta(seconds=1),
        started_at=started,
        finished_at=started + timedelta(seconds=took),
        duration=took,
        cpu_seconds=took / 5,
        peak_memory=random.randrange(70, 110) * 2**20,
        items_processed=int(took * 40),
        status=Status.SUCCEEDED,
        attempt=1,
        worker=f"platform-{random.choice('ab')}:{random.randrange(200, 900)}",
    )
    if random.random() < UNLUCKY.get(job.name, 0.0):
        _fail(run)
    return run


def _fail(run: JobRun) -> None:
    kind, message = ERRORS[run.job_name]
    run.status, run.error_class, run.error_message = Status.FAILED, kind, message
    run.reason = f"{kind}: {message}"
    run.traceback = TRACEBACK.format(job=run.job_name, kind=kind, message=message)


def _alone(job: ScheduledJob, missed: list[datetime]) -> Iterator[JobRun]:
    """Yield the row of an occurrence that was missed, if it was the only one."""
    if len(missed) == 1:
        yield JobRun(
            job=job,
            job_name=job.name,
            handler=job.handler,
            origin=Origin.SCHEDULE,
            scheduled_for=missed[0],
            available_at=missed[0],
            created_at=missed[0],
            finished_at=missed[0] + timedelta(hours=6),
            status=Status.MISSED,
            reason="Missed: no scheduler was running, and it is too late now.",
        )


def _gap(job: ScheduledJob, missed: list[datetime], now: datetime) -> None:
    Gap.objects.create(
        job=job,
        kind=Gap.Kind.MISSED,
        first=missed[0],
        last=missed[-1],
        count=len(missed),
        reason="Missed: no scheduler was running, and it is too late now.",
        created_at=now,
    )


def _log(run: JobRun) -> RunLog:
    items = run.items_processed or 0
    text = LINES.format(half=items // 2, items=items)
    return RunLog(run=run, attempt=1, at=run.started_at, text=text)


def _count(job: ScheduledJob, runs: list[JobRun]) -> None:
    """Bring the job's own totals up to date with its runs, the latest first."""
    if not runs:
        return
    last = runs[0]
    good = next((run for run in runs if run.status == Status.SUCCEEDED), None)
    failed = [run for run in runs if run.status == Status.FAILED]
    ScheduledJob.objects.filter(pk=job.pk).update(
        last_execution_id=last.execution_id,
        last_status=last.status,
        last_started_at=last.started_at,
        last_finished_at=last.finished_at,
        last_duration=last.duration,
        last_error=last.error_message,
        last_success_at=good.finished_at if good else None,
        last_success_duration=good.duration if good else None,
        last_failure_at=failed[0].finished_at if failed else None,
        consecutive_failures=runs.index(good) if good else len(runs),
        runs_total=len(runs),
        failures_total=len(failed),
    )
