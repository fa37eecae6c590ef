"""f: work that one process queues, each call committed, in one transaction, at once."""

from __future__ import annotations

from benchmarks.aims import AT_ONCE, IN_A_TRANSACTION, ONE_BY_ONE
from benchmarks.bench import Bench
from benchmarks.stand import Stand, WrongResult

UNIT = "/s"


def measure(bench: Bench) -> None:
    """Measure every contender, with no worker there."""
    single, many = bench.sizes.enqueued, bench.sizes.at_once

    def rates(stand: Stand, number: int) -> None:
        for name, question, count in (
            (ONE_BY_ONE, "seconds_one_by_one", single),
            (IN_A_TRANSACTION, "seconds_in_a_transaction", single),
            (AT_ONCE, "seconds_at_once", many),
        ):
            rate = enqueued_per_second(stand, question, count)
            bench.add("f", name, stand, UNIT, number, rate)

    bench.in_turn(bench.contenders(), rates)


def enqueued_per_second(stand: Stand, question: str, count: int) -> float:
    """Return the rate at which work is queued; all of it must be there."""
    stand.clear()
    stand.ask("enqueue", 0)  # What is made at the first call is no part of it.
    before = stand.ask("queued")
    seconds: float = stand.ask(question, count)
    if (queued := stand.ask("queued") - before) != count:
        raise WrongResult(f"{stand.contender.key} queued {queued} of {count}.")
    return count / seconds
