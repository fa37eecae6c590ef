"""How long a claim takes, in tables of every shape."""

from __future__ import annotations

import time
from typing import Any

from django.db import connection

from benchmarks.sites.site import Site
from cronmgmt import clock
from cronmgmt.engine.claiming import claim, start
from cronmgmt.engine.loop import places, work_a_slice, work_off
from cronmgmt.models import JobRun, Origin, Priority, Status, database
from cronmgmt.text import digest

LOCK = "parked"

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

    def park(self, count: int) -> None:
        """Park that many urgent runs behind a lock that another one holds.

        By the engine's own way: each is claimed, finds the lock taken and is parked,
        with those like it that stand near.
        """
        lock = {"lock_key": LOCK, "lock_digest": digest("lock", LOCK)}
        _add(count + 1, Status.QUEUED, LOCK, priority=Priority.URGENT, **lock)
        (holder,) = claim("default").runs
        assert start(holder)
        behind = JobRun.objects.filter(lock_key=LOCK)
        while behind.filter(status=Status.QUEUED).exists():
            for run in claim("default").runs:
                assert not start(run)
        assert behind.filter(status=Status.WAITING).count() == count
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


def _add(count: int, status: str, name: str = "filled", **columns: Any) -> None:
    now = clock.now(database())
    seed = min(SEED, count)
    JobRun.objects.bulk_create(
        JobRun(
            job_name=name,
            handler="nothing",
            origin=Origin.ENQUEUE,
            status=status,
            available_at=now,
            created_at=now,
            finished_at=now if status == Status.SUCCEEDED else None,
            **columns,
        )
        for _ in range(seed)
    )
    there = seed
    while there < count:
        there += _copy(status, name, min(there, count - there))


def _copy(status: str, name: str, count: int) -> int:
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
            "WHERE status = %s AND job_name = %s LIMIT %s",
            [status, name, count],
        )
        return int(cursor.rowcount)
