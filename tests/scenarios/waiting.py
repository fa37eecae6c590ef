"""No test sleeps for a while and hopes: it asks until a deadline."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

BETWEEN = 0.02


def wait_until(condition: Callable[[], T], within: float, what: str) -> T:
    """Return the first true answer of ``condition``; fail after ``within`` seconds.

    That is for a quiet machine; a busy one is given as much more as it is overloaded.
    """
    begun = time.monotonic()
    while not (answer := condition()):
        if time.monotonic() > begun + within * _overload():
            raise AssertionError(f"not within {within:g} seconds: {what}")
        time.sleep(BETWEEN)
    return answer


def _overload() -> float:
    """Return how many processes there are that could run, for each core; at least 1."""
    running = os.getloadavg()[0]
    return max(1.0, running / (os.cpu_count() or 1))
