"""g: cronmgmt on MariaDB and SQLite, beside itself on PostgreSQL; for the record."""

from __future__ import annotations

import os

from benchmarks.aims import FINISHED
from benchmarks.bench import Bench
from benchmarks.contenders import CRONMGMT
from benchmarks.parts import claiming, finishing, lateness
from benchmarks.stand import Stand
from tests.tooling.databases import unreachable

CROWDS = (200, 1)


def measure(bench: Bench) -> None:
    """Measure parts a, c and e on each database that this machine has."""
    contenders = [CRONMGMT]
    for kind in ("mariadb", "sqlite"):
        reason = unreachable(kind, os.environ) if kind != "sqlite" else ""
        if reason:
            bench.results.notes.append(f"g: {kind} is left out: {reason}.")
        else:
            contenders.append(CRONMGMT.on(kind))
    bench.in_turn(contenders, lambda stand, number: _round(bench, stand, number))


def _round(bench: Bench, stand: Stand, number: int) -> None:
    rate = finishing.finished_per_second(stand, bench.sizes.runs)
    bench.add("g", FINISHED, stand, finishing.UNIT, number, rate)
    stand.clear()
    lateness.measure_stand(bench, "g", stand, number, CROWDS)
    finished, waiting, row = bench.sizes.elsewhere
    claiming.fresh(bench, "g", stand, number)
    claiming.history(bench, "g", stand, number, finished, waiting)
    stand.clear()
    claiming.in_a_row(bench, "g", stand, number, claiming.AFTER.format(row), row)
