"""No test sleeps for a while and hopes: it asks until a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

BETWEEN = 0.02


def wait_until(condition: Callable[[], T], within: float, what: str) -> T:
    """Return the first true answer of ``condition``; fail after ``within`` seconds."""
    until = time.monotonic() + within
    while not (answer := condition()):
        if time.monotonic() > until:
            raise AssertionError(f"not within {within:g} seconds: {what}")
        time.sleep(BETWEEN)
    return answer
