"""How long a claim takes, in tables of every shape."""

from __future__ import annotations

import time

from django.db import connection

from benchmarks.sites.site import Site
from cronmgmt import clock
from cronmgmt.engine.claiming import claim
from cronmgmt.engine.loop import places, work_a_slice, work_off
from cronmgmt.models import JobRun, Origin, Status, database

SEED = 1000
"""Rows that are made one by one; the others are copies of them."""

NEW_ID = {
    "postgresql": "gen_random_uuid()",
    "mysql": "UUID()",
    "sqlite": "lower(hex(randomblob(16)))",
}


class Claims(Site):
    """Fills the table of runs, and takes runs out of it."""

    def fill(self, finished: int, queued: int) -> None:
        """Add that many finished runs and queued ones, and let the database settle."""
        _add(finished, Status.SUCCEEDED)
        _add(queued, Status.QUEUED)
        self.settle()

    def claim_latencies(self, count: int) -> list[float]:
        """Claim a run and work it off, that often; return the seconds of each claim.

        As a worker does: it goes on where it was, and looks from the start at times.
        """
        latencies = []
        for _ in range(count):
            started = time.perf_counter()
            taken = claim("default", 1, places=places)
            latencies.append(time.perf_counter() - started)
            assert len(taken.runs) == 1, "nothing was left to claim"
            work_off(taken.runs)
        return latencies

    def work_off_in_a_row(self, count: int) -> None:
        """Work off that many queued runs, as one worker that never rests."""
        while count > 0:
            done = work_a_slice("default", count).done
            assert done, "nothing was left to work off"
            count -= done


def _add(count: int, status: str) -> None:
    now = clock.now(database())
    finished_at = now if status == Status.SUCCEEDED else None
    seed = min(SEED, count)
    JobRun.objects.bulk_create(
        JobRun(
            job_name="filled",
            handler="nothing",
            origin=Origin.ENQUEUE,
            status=status,
            available_at=now,
            created_at=now,
            finished_at=finished_at,
        )
        for _ in range(seed)
    )
    there = seed
    while there < count:
        there += _copy(status, min(there, count - there))


def _copy(status: str, count: int) -> int:
    """Insert copies of rows that are there, under execution ids of their own."""
    columns = [
        field.column
        for field in JobRun._meta.concrete_fields
        if not field.primary_key and field.name != "execution_id"
    ]
    named = ", ".join(map(connection.ops.quote_name, columns))
    table = connection.ops.quote_name(JobRun._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (execution_id, {named}) "
            f"SELECT {NEW_ID[connection.vendor]}, {named} FROM {table} "
            "WHERE status = %s AND job_name = 'filled' LIMIT %s",
            [status, count],
        )
        return int(cursor.rowcount)
