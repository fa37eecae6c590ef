"""e: how long a worker takes to claim a run, in tables of every shape.

In one process, without a broker: the clerk calls the engine's own functions.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from statistics import fmean

from benchmarks import servers
from benchmarks.aims import FRESH, SHAPES
from benchmarks.bench import Bench
from benchmarks.contenders import CRONMGMT
from benchmarks.results import percentile
from benchmarks.stand import Stand

UNIT = "ms"
SNAPSHOT = SHAPES[-1]
PARKED = "claim: {:,} parked behind one lock"
AFTER = "claim: after {:,} runs in a row"


def measure(bench: Bench) -> None:
    """Measure each shape of the table, from a fresh one on."""
    bench.in_turn([CRONMGMT], lambda stand, number: _round(bench, stand, number))


def _round(bench: Bench, stand: Stand, number: int) -> None:
    sizes = bench.sizes
    fresh(bench, "e", stand, number)
    history(bench, "e", stand, number, sizes.finished, sizes.waiting)
    stand.clear()
    stand.ask("fill", 0, sizes.small_table)
    stand.ask("park", sizes.parked)
    _claims(bench, "e", stand, number, PARKED.format(sizes.parked))
    stand.clear()
    in_a_row(bench, "e", stand, number, AFTER.format(sizes.in_a_row), sizes.in_a_row)
    stand.clear()
    with snapshot(stand):
        in_a_row(bench, "e", stand, number, SNAPSHOT, sizes.beside_a_snapshot)


def fresh(bench: Bench, part: str, stand: Stand, number: int) -> None:
    """Add claims from a small table to the results."""
    full(bench, part, stand, number, FRESH, 0, bench.sizes.small_table)


def history(
    bench: Bench, part: str, stand: Stand, number: int, finished: int, waiting: int
) -> None:
    """Add claims from a table with that much history and backlog to the results."""
    measure = f"claim: {finished:,} finished, {waiting:,} queued"
    full(bench, part, stand, number, measure, finished, waiting)


def full(
    bench: Bench,
    part: str,
    stand: Stand,
    number: int,
    measure: str,
    finished: int,
    waiting: int,
) -> None:
    """Add claims from a table with that many finished and waiting runs."""
    stand.clear()
    stand.ask("fill", finished, waiting)
    _claims(bench, part, stand, number, measure)


def in_a_row(
    bench: Bench, part: str, stand: Stand, number: int, measure: str, runs: int
) -> None:
    """Add claims that follow that many runs, worked off without a rest."""
    stand.ask("fill", 0, runs + bench.sizes.claims)
    stand.ask("work_off_in_a_row", runs)
    _claims(bench, part, stand, number, measure)


def _claims(bench: Bench, part: str, stand: Stand, number: int, measure: str) -> None:
    seconds = stand.ask("claim_latencies", bench.sizes.claims)
    figures = {
        "": percentile(seconds, 0.5),
        ": mean": fmean(seconds),
        ": p99": percentile(seconds, 0.99),
    }
    for name, value in figures.items():
        bench.add(part, measure + name, stand, UNIT, number, value * 1000)


@contextlib.contextmanager
def snapshot(stand: Stand) -> Iterator[None]:
    """Keep a REPEATABLE READ transaction open, as a dump does."""
    server = servers.shared_postgresql()
    with server.connect(str(stand.spec["NAME"])) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        connection.execute("SELECT count(*) FROM cronmgmt_jobrun")
        yield
        connection.execute("ROLLBACK")
