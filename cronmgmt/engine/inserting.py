"""Decided runs -> rows.

On PostgreSQL a queued occurrence travels as what is its own; what it has from its job
is copied inside the database. That is less than half of the work of writing it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connections

from cronmgmt.engine import postgresql
from cronmgmt.engine.making import COPIED
from cronmgmt.models import JobRun, Status, database

OWN = {
    "execution_id": "uuid",
    "job_id": "bigint",
    "origin": "text",
    "scheduled_for": "timestamptz",
    "intended_for": "timestamptz",
    "available_at": "timestamptz",
    "start_by": "timestamptz",
    "created_at": "timestamptz",
    "timeout": "interval",
    "active_key": "text",
    "lock_key": "text",
    "lock_digest": "text",
    "concurrency": "int",
}
"""What differs from run to run of a batch, with the columns' types."""


INSERT = """
INSERT INTO cronmgmt_jobrun ({columns})
SELECT {values}
FROM unnest({arrays}) WITH ORDINALITY AS own ({own}, place)
JOIN cronmgmt_scheduledjob AS job ON job.id = own.job_id
ORDER BY own.place
"""


def insert_runs(runs: Sequence[JobRun]) -> None:
    """Write new runs of jobs whose rows this transaction has locked.

    Of those that are queued, the objects do not learn their keys. Raises
    IntegrityError when one of them is there already.
    """
    if not postgresql.is_usable():
        JobRun.objects.bulk_create(runs)
        return
    queued = [run for run in runs if run.status == Status.QUEUED]
    if queued:
        _insert_copying(queued)
    JobRun.objects.bulk_create(run for run in runs if run.status != Status.QUEUED)


def _insert_copying(runs: Sequence[JobRun]) -> None:
    sql, same = _statement()
    arrays = [[getattr(run, name) for run in runs] for name in OWN]
    with connections[database()].cursor() as cursor:
        cursor.execute(sql, [*same, *arrays])


@cache
def _statement() -> tuple[str, list[Any]]:
    """Return the statement, and the values of the columns that are alike in all runs."""
    connection = connections[database()]
    values: dict[str, str] = {}
    same = []
    for field in JobRun._meta.concrete_fields:
        column = field.get_attname()  # So the column is named, too.
        if column in OWN:
            values[column] = f"own.{column}"
        elif field.name in COPIED:
            values[column] = f"job.{COPIED[field.name]}"
        elif not field.primary_key:
            values[column] = f"%s::{field.db_type(connection)}"
            value = Status.QUEUED if field.name == "status" else field.get_default()
            same.append(field.get_db_prep_save(value, connection))
    sql = INSERT.format(
        columns=", ".join(values),
        values=", ".join(values.values()),
        arrays=", ".join(f"%s::{kind}[]" for kind in OWN.values()),
        own=", ".join(OWN),
    )
    return sql, same
