"""b: due schedules -> queued runs, by the scheduler alone."""

from __future__ import annotations

from benchmarks.aims import QUEUED
from benchmarks.bench import Bench
from benchmarks.stand import Stand, WrongResult


def measure(bench: Bench) -> None:
    """Have each contender's own scheduler queue what is due, with no worker there."""

    def rate(stand: Stand, number: int) -> None:
        value = queued_per_second(stand, bench.sizes.schedules)
        bench.add("b", QUEUED, stand, "/s", number, value)

    able = [each for each in bench.contenders() if each.has_schedules]
    bench.in_turn(able, rate)


def queued_per_second(stand: Stand, schedules: int) -> float:
    """Return the rate at which due schedules become messages or rows for workers."""
    seconds: float = stand.ask("turn_due_into_queued", schedules)
    if (queued := stand.ask("queued")) != schedules:
        raise WrongResult(f"{stand.contender.key} queued {queued} of {schedules}.")
    return schedules / seconds
