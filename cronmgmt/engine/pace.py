"""How many runs a worker may claim ahead of the one it starts."""

from __future__ import annotations

from collections.abc import Iterable

AHEAD = 0.2
"""Seconds: a worker claims no more than it expects to finish in this time."""

MOST = 50


class Pace:
    """How long the runs of each handler took in this process lately."""

    def __init__(self) -> None:
        self._usual: dict[str, float] = {}

    def note(self, handler: str, seconds: float) -> None:
        """Remember that a run of ``handler`` took that long; a slow one weighs more."""
        before = self._usual.get(handler, seconds)
        self._usual[handler] = max(seconds, before * 0.7 + seconds * 0.3)

    def fitting(self, handlers: Iterable[str]) -> int:
        """Return how many of these runs to claim; one at least.

        A run of a handler that nothing is known of is claimed alone: another worker
        may be free for those behind it.
        """
        count, total = 0, 0.0
        for handler in handlers:
            total += self._usual.get(handler, AHEAD)
            if count and total > AHEAD:
                break
            count += 1
        return max(count, 1)
