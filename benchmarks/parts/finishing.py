"""a: no-op runs that are queued -> finished, a durable row each."""

from __future__ import annotations

import time

from benchmarks.aims import FINISHED
from benchmarks.bench import Bench
from benchmarks.contenders import OURS, OURS_PORTABLE
from benchmarks.stand import Stand, WrongResult

UNIT = "/s"


def measure(bench: Bench) -> None:
    """Measure ours by PostgreSQL's statements and by the ORM, then every peer."""

    def throughput(stand: Stand, number: int) -> None:
        rate = finished_per_second(stand, bench.sizes.runs)
        bench.add("a", FINISHED, stand, UNIT, number, rate)

    # What the ORM does is the same whoever rings.
    portable = OURS_PORTABLE if bench.with_peers else OURS_PORTABLE[:1]
    bench.in_turn(bench.contenders((*OURS, *portable)), throughput)


def finished_per_second(stand: Stand, runs: int) -> float:
    """Return the rate from the first finished run that is seen to the last.

    The start of the processes is no part of it, in nobody's figure.
    """
    stand.ask("queue", runs)
    with stand.working():
        rate = _watch(stand, runs)
    if (count := stand.ask("finished")) != runs:
        raise WrongResult(f"{stand.contender.key} finished {count} of {runs} runs.")
    return rate


def _watch(stand: Stand, runs: int) -> float:
    seen = [(time.perf_counter(), 0)]

    def is_done() -> bool:
        look = (time.perf_counter(), stand.ask("finished"))
        if look[1] == 0:
            seen[0] = look
        elif look[1] != seen[-1][1]:
            seen.append(look)
        return bool(look[1] >= runs)

    stand.wait_for(is_done, f"{runs} finished runs")
    # Few runs may be over between two looks.
    (began, first), (ended, last) = seen[1 if len(seen) > 2 else 0], seen[-1]
    return (last - first) / (ended - began)
