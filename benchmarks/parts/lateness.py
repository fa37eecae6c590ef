"""c: how long after its due instant, or its trigger, a handler is called."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator

from benchmarks.aims import TRIGGER
from benchmarks.bench import Bench, Sizes
from benchmarks.results import percentile
from benchmarks.stand import Stand, WrongResult

UNIT = "ms"
EARLY = 0.002
"""Seconds that two readings of one machine's clock may lie apart."""


def measure(bench: Bench) -> None:
    """Measure crowds that are due at once, a single schedule and a manual trigger."""

    def lateness(stand: Stand, number: int) -> None:
        measure_stand(bench, "c", stand, number, bench.sizes.crowds)

    bench.in_turn(bench.contenders(), lateness)


def measure_stand(
    bench: Bench, part: str, stand: Stand, number: int, crowds: tuple[int, ...]
) -> None:
    """Add a round of one contender to the results."""
    if stand.contender.has_schedules:
        for count in crowds:
            what = f"{count} due at once" if count > 1 else "one due"
            for late in instants(stand, count, bench.sizes):
                for name, value in summary(late).items():
                    bench.add(part, f"{what}: {name}", stand, UNIT, number, value)
            stand.clear()
    waits = triggers(stand, bench.sizes.triggers)
    bench.add(part, TRIGGER, stand, UNIT, number, percentile(waits, 0.5))
    bench.add(part, TRIGGER.replace("p50", "max"), stand, UNIT, number, max(waits))


def summary(late: list[float]) -> dict[str, float]:
    """Return p50, p99 and max of some seconds, in milliseconds; of one, itself."""
    shares = {"p50": 0.5, "p99": 0.99, "max": 1.0} if len(late) > 1 else {"p50": 0.5}
    return {name: percentile(late, share) * 1000 for name, share in shares.items()}


def instants(stand: Stand, count: int, sizes: Sizes) -> Iterator[list[float]]:
    """Yield how late the starts of each instant were, in seconds."""
    if stand.contender.declares_schedules:
        for _ in range(sizes.instants):
            due = math.ceil(time.time() + sizes.lead)
            with stand.working(schedules=True, due=f"{count}@{due}"):
                yield _starts(stand, count, due)
        return
    with stand.working(schedules=True):
        stand.warm_up()
        began = time.monotonic()
        stand.ask("schedule", count)
        lead = sizes.lead + time.monotonic() - began
        for _ in range(sizes.instants):
            anywhere = random.uniform(0.0, stand.contender.cycle)
            due = math.ceil(time.time() + lead + anywhere)
            stand.ask("schedule", count, due)
            yield _starts(stand, count, due)


def _starts(stand: Stand, count: int, due: float) -> list[float]:
    if time.time() > due:
        raise WrongResult(
            f"{stand.contender.key}: {count} schedules were set too late."
        )
    time.sleep(due - time.time())
    stand.wait_for(lambda: len(stand.noted()) >= count, f"{count} starts at {due}")
    noted = stand.noted()
    stand.starts.write_text("")
    if len({label for label, _ in noted}) != count or len(noted) != count:
        raise WrongResult(f"{stand.contender.key}: {len(noted)} starts of {count}.")
    late = [at - due for _, at in noted]
    if min(late) < -EARLY:
        raise WrongResult(f"{stand.contender.key} started {-min(late):.3f} s early.")
    return late


def triggers(stand: Stand, count: int) -> list[float]:
    """Return how long the handler's start took after each trigger, in ms."""
    waits = []
    with stand.working():
        stand.warm_up()
        # One more than are counted: the first may have to make what it triggers.
        for number in range(count + 1):
            time.sleep(random.uniform(0.3, 0.9))
            asked = time.time()
            stand.ask("trigger", "triggered")
            stand.wait_for(
                lambda expected=number: len(stand.noted()) > expected,  # type: ignore[misc]
                "a triggered start",
            )
            waits.append((stand.noted()[number][1] - asked) * 1000)
    return waits[1:]
