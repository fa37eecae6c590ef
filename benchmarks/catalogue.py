"""Every part: its letter or name, its title and the function that measures it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from benchmarks.bench import Bench
from benchmarks.parts import (
    claiming,
    databases,
    enqueuing,
    finishing,
    idle,
    lateness,
    pages,
    scheduling,
)


class Part(NamedTuple):
    """A part of the benchmark."""

    title: str
    measure: Callable[[Bench], None]
    in_smoke: bool = True
    """Whether its results can be wrong, and not only its figures."""


PARTS = {
    "a": Part("Finished runs per second", finishing.measure),
    "b": Part("Due schedules turned into queued runs per second", scheduling.measure),
    "c": Part("Lateness of the start", lateness.measure),
    "d": Part("A node that waits", idle.measure, in_smoke=False),
    "e": Part("How long a claim takes", claiming.measure),
    "f": Part("Work queued per second by one process", enqueuing.measure),
    "g": Part("On other databases, for the record", databases.measure, in_smoke=False),
    "pages": Part("What the dashboard's lists cost", pages.measure, in_smoke=False),
}
