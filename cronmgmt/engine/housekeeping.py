"""What a node does between times: prune, mend, count; each a moment at a time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cronmgmt.engine import pauses
from cronmgmt.engine.hours import HourCounting
from cronmgmt.engine.mending import Mending
from cronmgmt.engine.retention import Pruning

PRUNE_EVERY = 3600.0
MEND_EVERY = 300.0
COUNT_EVERY = 600.0
REST = 0.05
"""Seconds left to others after each moment of work."""


class Pass(Protocol):
    """Work that is done a moment at a time."""

    def go_on(self) -> bool:
        """Work for a moment; False when it is done."""


@dataclass(slots=True)
class Chore:
    """Work that begins anew every so many seconds."""

    begin: Callable[[], Pass]
    every: float
    due: float
    under_way: Pass | None = None

    def go_on(self) -> None:
        """Work for a moment. What fails begins anew when it is due again."""
        self.due = time.monotonic() + self.every
        under_way, self.under_way = self.under_way or self.begin(), None
        if under_way.go_on():
            self.under_way = under_way
            self.due = time.monotonic() + REST


class Housekeeping:
    """All chores; several nodes do not begin them at the same time."""

    def __init__(self) -> None:
        now = time.monotonic()
        self.pruning = Chore(_begin_pruning, PRUNE_EVERY, now + 60 * random.random())
        self.mending = Chore(Mending, MEND_EVERY, now + MEND_EVERY * random.random())
        self.counting = Chore(HourCounting, COUNT_EVERY, now + 60 * random.random())

    def turn(self) -> float:
        """Work for a moment on what is due longest; return when the next is due."""
        chores = (self.pruning, self.mending, self.counting)
        chore = min(chores, key=lambda each: each.due)
        if chore.due <= time.monotonic():
            chore.go_on()
        return min(each.due for each in chores)


def _begin_pruning() -> Pruning:
    pauses.take_up_stranded()
    return Pruning()
