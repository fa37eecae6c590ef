"""d: what a node with schedules, none of them due, costs while it waits."""

from __future__ import annotations

import time
from contextlib import ExitStack

from benchmarks.aims import MEMORY, PROCESSOR, STATEMENTS
from benchmarks.bench import Bench
from benchmarks.contenders import Contender
from benchmarks.processes import memory, processor
from benchmarks.servers import PostgreSQL, counting_postgresql
from benchmarks.sites import LATER
from benchmarks.stand import Stand, set_up

CALLS = """
SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
JOIN pg_database ON pg_database.oid = dbid WHERE datname = %s
"""


def measure(bench: Bench) -> None:
    """Measure on a server of its own, which counts statements."""
    folder = bench.folder / "idle"
    folder.mkdir()
    data = folder / "server"
    data.mkdir()
    with counting_postgresql(data) as server, ExitStack() as stack:
        stands: dict[str, Stand] = {}

        def stand_of(contender: Contender) -> Stand:
            if contender.key not in stands:
                stand = stack.enter_context(set_up(contender, folder, server))
                stands[contender.key] = stand
                bench.note_settings(stand)
            return stands[contender.key]

        def idle(stand: Stand, number: int) -> None:
            measure_stand(bench, stand, number, server)

        able = [each for each in bench.contenders() if each.has_schedules]
        bench.in_turn(able, idle, stand_of)


def measure_stand(bench: Bench, stand: Stand, number: int, server: PostgreSQL) -> None:
    """Add a round of one contender to the results."""
    count, seconds = bench.sizes.idle_schedules, bench.sizes.idle_seconds
    stand.ask("schedule", count)
    due = ""
    if stand.contender.declares_schedules:
        due = f"{count}@{time.time() + LATER}"
    with stand.working(schedules=True, due=due):
        stand.warm_up()
        time.sleep(min(seconds, 1.0) * stand.contender.settling)
        before = statements(server, stand), processor(stand.pids())
        time.sleep(seconds)
        pids = stand.pids()
        after = statements(server, stand), processor(pids)
        taken = memory(pids)
    bench.add("d", STATEMENTS, stand, "/s", number, (after[0] - before[0]) / seconds)
    bench.add("d", MEMORY, stand, "MB", number, taken / 1e6)
    used = (after[1] - before[1]) / seconds
    bench.add("d", PROCESSOR, stand, "ms/s", number, used * 1000)


def statements(server: PostgreSQL, stand: Stand) -> int:
    """Return how many statements the contender's processes have executed so far."""
    with server.connect() as connection:
        row = connection.execute(CALLS, [stand.spec["NAME"]]).fetchone()
    assert row is not None
    return int(row[0])
