"""A pipe that only the node's parent holds open: at its end, everybody stops.

Closing it is how the parent says stop, and what the kernel does when the parent is
killed; there is no lock that a killed process could keep.
"""

from __future__ import annotations

import contextlib
import os
import select


class Lifeline:
    """Made by the parent before it forks."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()

    def hold(self) -> None:
        """Call in every child: only the parent may keep the writing end."""
        self.cut()

    def cut(self) -> None:
        """Tell all children to stop."""
        with contextlib.suppress(OSError):
            os.close(self._writer)

    def fileno(self) -> int:
        """Return the descriptor that becomes readable then."""
        return self._reader

    def is_set(self) -> bool:
        """Return whether the parent said stop, or is gone."""
        ready, _, _ = select.select([self._reader], [], [], 0)
        return bool(ready)

    def wait(self) -> None:
        """Block until then."""
        select.select([self._reader], [], [])

    def close(self) -> None:
        """Close the parent's ends."""
        self.cut()
        with contextlib.suppress(OSError):
            os.close(self._reader)
