"""Ninety days of history: one row of each table, and copies that differ by number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db import connection, models

from cronmgmt import clock
from cronmgmt.models import (
    Activity,
    Gap,
    JobRun,
    Node,
    RunAttempt,
    ScheduledJob,
    database,
)

JOBS = 200
DAYS = 90
UNFINISHED = 20
LEAST_RECORDS = 10_000

# The busiest job has a fourteenth of the runs, the idlest a four-hundredth: as where
# some run every minute and others every day.
JOB = "floor({jobs} * power(((n::bigint * 7919) %% 1009) / 1009.0, 2))::int"
MADE = "%s::timestamptz - interval '{days} days' * (({count} - n) / {count}.0)"
FAILED = "n %% 50 = 7"


def make_jobs() -> None:
    """Save the jobs, of ten owners and tags, each due once a day, and some nodes."""
    for number in range(JOBS):
        ScheduledJob(
            name=f"job-{number}",
            handler="elsewhere",
            schedule_expression=f"{number % 60} {number % 24} * * *",
            owner=f"owner-{number % 10}",
            tags=[f"tag-{number % 10}"],
        ).save()
    now = clock.now(database())
    for number in range(4):
        Node.objects.create(
            name=f"node-{number}:1:0",
            instance=f"node-{number}",
            pid=1,
            version="1",
            workers=2,
            started_at=now - timedelta(days=1),
            seen_at=now,
        )


def make_runs(count: int) -> None:
    """Add that many finished runs, and what comes with so many."""
    jobs = list(ScheduledJob.objects.order_by("pk"))
    now = clock.now(database())
    job = JobRun(
        job=jobs[0],
        job_name=jobs[0].name,
        handler=jobs[0].handler,
        origin="schedule",
        status="succeeded",
        available_at=now,
        created_at=now,
    )
    finished = _finished(jobs[0].pk, count)
    _copies(job, count, finished, now)
    under_way = {
        "execution_id": finished["execution_id"],
        "job_id": finished["job_id"],
        "job_name": finished["job_name"],
        "status": "CASE WHEN n %% 2 = 0 THEN 'running' ELSE 'queued' END",
    }
    _copies(job, UNFINISHED, under_way, now)
    _make_rest(jobs[0], count)


def _finished(first: int, count: int) -> dict[str, str]:
    """Return the columns in which finished runs differ."""
    made = MADE.format(days=DAYS, count=count)
    chosen = JOB.format(jobs=JOBS)
    finished = {
        "execution_id": "gen_random_uuid()",
        "job_id": f"{first} + {chosen}",
        "job_name": f"'job-' || {chosen}",
        "origin": "CASE WHEN n %% 20 = 3 THEN 'manual' ELSE 'schedule' END",
        "requested_by": "CASE WHEN n %% 20 = 3 THEN 'person-' || n %% 7 ELSE '' END",
        "status": (
            f"CASE WHEN {FAILED} THEN CASE WHEN n %% 250 = 7 THEN 'timed_out' "
            "ELSE 'failed' END ELSE 'succeeded' END"
        ),
        "reason": f"CASE WHEN {FAILED} THEN 'Its handler raised.' ELSE '' END",
        "error_message": f"CASE WHEN {FAILED} THEN 'Connection refused' ELSE '' END",
        "worker": "'node-' || n %% 4 || ':' || 100 + n %% 9 || ':0'",
        "attempt": "1",
        "duration": "1 + n %% 60",
    }
    moments = ("available_at", "created_at", "started_at")
    finished |= dict.fromkeys(moments, made)
    finished["scheduled_for"] = made
    finished["finished_at"] = f"{made} + interval '1 second' * (1 + n %% 60)"
    return finished


def _make_rest(job: ScheduledJob, count: int) -> None:
    now = clock.now(database())
    run = JobRun.objects.order_by("pk")[0]
    attempt = RunAttempt(run=run, number=1, outcome="failed", finished_at=now)
    chosen = JOB.format(jobs=JOBS)
    _copies(attempt, count // 100, {"run_id": f"{run.pk} + n * 100 - 1"}, now)
    gaps = count // 50
    gap = Gap(job=job, kind="off", first=now, last=now, count=1, created_at=now)
    moment = MADE.format(days=DAYS, count=gaps)
    columns = dict.fromkeys(("first", "last", "created_at"), moment)
    _copies(gap, gaps, {"job_id": f"{job.pk} + {chosen}", **columns}, now)
    records = max(count // 5, LEAST_RECORDS)
    record = Activity(at=now, actor="", source="dashboard", action="", allowed=True)
    deeds = {
        "at": MADE.format(days=DAYS, count=records),
        "actor": "'person-' || n %% 7",
        "action": "(ARRAY['trigger', 'cancel', 'switch off', 'edit'])[1 + n %% 4]",
        "allowed": "n %% 50 <> 9",
        "failed": "n %% 500 = 11",
        "unusual": "n %% 900 = 13",
        "job_name": f"'job-' || {chosen}",
        "job_key": f"{job.pk} + {chosen}",
    }
    _copies(record, records, deeds, now)


def _copies(
    row: models.Model, count: int, changed: Mapping[str, str], now: object
) -> None:
    """Insert that many copies of a row; ``changed`` are columns in SQL, ``n`` from 1.

    Each ``%s`` stands for the present.
    """
    fields = [each for each in row._meta.concrete_fields if not each.primary_key]
    columns, values, given = [], [], []
    for field in fields:
        columns.append(connection.ops.quote_name(field.column))
        if field.column in changed:
            values.append(changed[field.column])
            given += [now] * changed[field.column].count("%s")
        else:
            kind = field.rel_db_type(connection) if field.remote_field else None
            values.append(f"%s::{kind or field.db_type(connection)}")
            value = getattr(row, field.attname)
            given.append(field.get_db_prep_save(value, connection))
    table = connection.ops.quote_name(row._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) "
            f"SELECT {', '.join(values)} FROM generate_series(1, {count}) AS n",
            given,
        )
