"""Rows by the hundred thousand, made inside the database."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from cronmgmt.models import JobRun, ScheduledJob, Status

NUMBERS = {
    "postgresql": "generate_series(1, {count}) AS numbers (n)",
    "mysql": "(SELECT seq AS n FROM seq_1_to_{count}) AS numbers",
    "sqlite": "(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s "
    "WHERE n < {count}) SELECT n FROM s) AS numbers",
}
AN_ID = {
    "postgresql": "gen_random_uuid()",
    "mysql": "UUID()",
    "sqlite": "lower(hex(randomblob(16)))",
}
BEFORE = {
    "postgresql": "%s::timestamptz - ({seconds}) * interval '1 second'",
    "mysql": "%s - INTERVAL ({seconds}) SECOND",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f000', %s, '-' || ({seconds}) || ' seconds')",
}


def make_jobs(count, prefix, **changes):
    """Make hourly jobs that are planned; ``next_run_at`` may be any of their moments."""
    next_run_at = changes.pop("next_run_at", None)
    made = []
    for number in range(count):
        job = ScheduledJob(
            name=f"{prefix}-{number}",
            handler="t:nothing",
            schedule_expression="* * * * *",
            **changes,
        )
        job.plan()
        job.next_run_at = next_run_at
        made.append(job)
    ScheduledJob.objects.bulk_create(made, batch_size=500)


def make_history(count, jobs, days):
    """Make finished runs of some jobs, spread evenly over so many days up to now.

    One in a hundred has failed.
    """
    template = _template(Status.SUCCEEDED, finished_at=timezone.now())
    first = jobs[0]
    # The oldest first, as they come to be.
    seconds = f"({count} - n) * {days * 86400 / count:.6f}"
    _multiply(
        template,
        count,
        job_id=f"{first} + n %% {len(jobs)}",
        status="CASE WHEN n %% 100 = 0 THEN 'failed' ELSE 'succeeded' END",
        scheduled_for=_before(seconds),
        finished_at=_before(seconds),
    )


def make_queue(count, queue):
    """Make runs that wait."""
    _multiply(_template(Status.QUEUED, queue=queue), count, available_at=_before("n"))


def analyze():
    """Let the database learn what the tables hold by now, as it does by itself."""
    verb = "ANALYZE TABLE" if connection.vendor == "mysql" else "ANALYZE"
    with connection.cursor() as cursor:
        for table in ("cronmgmt_jobrun", "cronmgmt_scheduledjob"):
            cursor.execute(f"{verb} {table}")


def _before(seconds):
    return BEFORE[connection.vendor].replace("{seconds}", seconds)


def _template(status, **changes):
    now = timezone.now() - timedelta(hours=1)
    return JobRun(
        job_name="past",
        handler="t:nothing",
        origin="schedule",
        status=status,
        available_at=now,
        created_at=now,
        **changes,
    )


def _multiply(template, count, **expressions):
    """Insert ``template`` so often, with SQL of the number ``n`` for some columns."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    columns, values, params = [], [], []
    for field in JobRun._meta.concrete_fields:
        if field.primary_key:
            continue
        columns.append(field.column)
        if field.column in expressions:
            values.append(expressions[field.column])
            params += [now] * expressions[field.column].count("%s")
        elif field.name == "execution_id":
            values.append(AN_ID[connection.vendor])
        else:
            values.append("%s")
            value = getattr(template, field.attname)
            params.append(field.get_db_prep_save(value, connection))
    numbers = NUMBERS[connection.vendor].format(count=count)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO cronmgmt_jobrun ({', '.join(columns)}) "
            f"SELECT {', '.join(values)} FROM {numbers}",
            params,
        )
