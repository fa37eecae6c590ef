"""Jobs -> the latest runs of each, as rows of a few columns, by one statement.

PostgreSQL reads them from an index alone: thousands of runs lie on as many pages of a
large table. Elsewhere, and with PORTABLE_SQL, the rows themselves are read, from where
:func:`with_edge` found that they begin.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cronmgmt.conf import conf
from cronmgmt.models import JobRun, ScheduledJob, database

SLOTS = 60

# What has ended comes from cronmgmt_run_strip, which holds nothing else. Asked for one
# job by BETWEEN, no order but that of such an index will do: to look for a rare job's
# runs among all by id would read them all. Of a long backlog any are taken: all that is
# drawn of them is that they wait.
LATEST = """
SELECT ended.* FROM unnest(%(jobs)s::bigint[]) AS job (id) CROSS JOIN LATERAL (
    SELECT job_id, status, coalesce(scheduled_for, created_at), duration, id,
        NULL::uuid, NULL::timestamptz, NULL::bigint, NULL::bigint
    FROM cronmgmt_jobrun
    WHERE job_id BETWEEN job.id AND job.id AND finished_at IS NOT NULL
    ORDER BY job_id, id DESC LIMIT %(slots)s
) AS ended
UNION ALL
SELECT going.* FROM (
    SELECT DISTINCT job_id FROM cronmgmt_jobrun
    WHERE id = ANY(%(showing)s::bigint[]) AND job_id = ANY(%(jobs)s::bigint[])
) AS job CROSS JOIN LATERAL (
    SELECT job_id, status, coalesce(scheduled_for, created_at), duration, id,
        NULL::uuid, NULL::timestamptz, NULL::bigint, NULL::bigint
    FROM cronmgmt_jobrun WHERE finished_at IS NULL AND job_id = job.job_id
        AND id <> ALL(%(showing)s::bigint[])
    LIMIT %(slots)s
) AS going
UNION ALL
SELECT job_id, status, coalesce(scheduled_for, created_at), duration, id,
    execution_id, started_at, progress_done, progress_total
FROM cronmgmt_jobrun WHERE id = ANY(%(showing)s::bigint[])
    AND job_id = ANY(%(jobs)s::bigint[]) AND finished_at IS NULL
"""


class Row(NamedTuple):
    """A run as a strip needs it; what follows its id may be known of shown ones only."""

    job: int
    status: str
    at: datetime
    duration: float | None
    id: int
    execution_id: UUID | None
    started_at: datetime | None
    done: int | None
    total: int | None


def with_edge(jobs: QuerySet[ScheduledJob]) -> QuerySet[ScheduledJob]:
    """Let each job know the first of its latest runs, where that is needed."""
    if _has_index():
        return jobs
    runs = JobRun.objects.filter(job=OuterRef("pk")).order_by("-id").values("id")
    return jobs.annotate(first_run=Subquery(runs[SLOTS - 1 : SLOTS]))


def latest(jobs: Sequence[ScheduledJob], showing: Collection[int]) -> list[Row]:
    """Return the latest SLOTS runs of each job, and those in ``showing``, in any order.

    The jobs came by way of :func:`with_edge`; ``showing`` are ids, of each job that has
    unfinished runs one of them.
    """
    if not _has_index():
        return [Row(*each) for each in runs_of(jobs, showing)]
    given: dict[str, Any] = {
        "jobs": [job.pk for job in jobs],
        "showing": list(showing),
        "slots": SLOTS,
    }
    with connections[database()].cursor() as cursor:
        cursor.execute(LATEST, given)
        return [Row(*each) for each in cursor.fetchall()]


def runs_of(
    jobs: Iterable[ScheduledJob], showing: Collection[int]
) -> QuerySet[JobRun, tuple[Any, ...]]:
    """Return the same as :func:`latest` on any database, without an index for it."""
    wanted = Q(pk__in=showing, job__in=[job.pk for job in jobs])
    for job in jobs:
        wanted |= since(job.pk, "id", getattr(job, "first_run", None))
    return (
        JobRun.objects.filter(wanted)
        .order_by()
        .values_list(
            "job_id",
            "status",
            Coalesce("scheduled_for", "created_at"),
            "duration",
            "id",
            "execution_id",
            "started_at",
            "progress_done",
            "progress_total",
        )
    )


def since(job: int, column: str, edge: object) -> Q:
    """Return what is a job's from ``edge`` on; all of it if there are too few."""
    return Q(job=job) if edge is None else Q(job=job, **{f"{column}__gte": edge})


def _has_index() -> bool:
    return connections[database()].vendor == "postgresql" and not conf.PORTABLE_SQL
