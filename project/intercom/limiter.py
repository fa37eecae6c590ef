"""Not more requests in a second than the API allows, nor earlier than it says."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping

LONGEST = 3600.0
"""Seconds; an API that wants more silence is asked again then."""


class Limiter:
    """Keeps requests, one after the other, far enough apart.

    The distance is taken from the answer before: however long a request is on its way,
    any second at the API's end sees at most ``per_second`` of them. The first one waits
    as well, for the worker before this one may have sent one just now.
    """

    def __init__(
        self,
        per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if per_second <= 0:
            raise ValueError("At least some requests must be allowed.")
        self.gap = 1 / per_second
        self._clock, self._sleep = clock, sleep
        self._free_at = clock() + self.gap

    @property
    def left(self) -> float:
        """How many seconds there are until the next request may be sent."""
        return max(self._free_at - self._clock(), 0.0)

    def wait(self) -> None:
        """Return when the next request may be sent."""
        while left := self.left:
            self._sleep(left)

    def answered(self, hold: float = 0.0) -> None:
        """Note that a request is over, and for how long none must follow."""
        self._free_at = self._clock() + max(self.gap, hold)


def hold(headers: Mapping[str, str], now: float) -> float:
    """Return for how many seconds from ``now``, a Unix time, the API wants silence."""
    wanted = _number(headers.get("retry-after"))
    if _number(headers.get("x-ratelimit-remaining"), 1.0) <= 0:
        wanted = max(wanted, _number(headers.get("x-ratelimit-reset")) - now)
    return min(max(wanted, 0.0), LONGEST)


def _number(text: str | None, otherwise: float = 0.0) -> float:
    """Return the number in a header; a date or anything else counts as none."""
    try:
        number = float(text or otherwise)
    except ValueError:
        return otherwise
    return number if math.isfinite(number) else otherwise
