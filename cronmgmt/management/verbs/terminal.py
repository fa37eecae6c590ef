"""What a person at a terminal sees of work that goes on: its output, and a bar."""

from __future__ import annotations

import time
from typing import TextIO

from cronmgmt.engine.output import Echo

WIDTH = 30
PAUSE = 0.1
"""Seconds between two drawings."""


class Bar:
    """A line that is drawn again and again; nothing where no person looks."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_seen = stream.isatty()
        self._length = 0
        self._drawn_at = float("-inf")

    def show(self, done: int, total: int | None, more: str = "") -> None:
        """Draw ``done`` of ``total``, a few times per second and when all is done."""
        now = time.monotonic()
        soon = now - self._drawn_at < PAUSE and done != total
        if not self._is_seen or soon:
            return
        self._drawn_at = now
        line = f"{_picture(done, total)} {more}".rstrip()
        self._stream.write(f"\r{line.ljust(self._length)}")
        self._stream.flush()
        self._length = len(line)

    def clear(self) -> None:
        """Take the line away, so that something else can be written."""
        if self._length:
            self._stream.write(f"\r{' ' * self._length}\r")
            self._stream.flush()
        self._length = 0


def _picture(done: int, total: int | None) -> str:
    if not total or total < 0:
        return f"{done} done"
    share = min(max(done / total, 0.0), 1.0)
    full = int(share * WIDTH)
    return f"[{'#' * full}{'.' * (WIDTH - full)}] {share:4.0%} {done}/{total}"


class Terminal(Echo):
    """Shows what a run prints as it comes, and its progress below."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.bar = Bar(stream)

    def write(self, text: str) -> int:
        """Show a piece of the run's output."""
        self.bar.clear()
        return self._stream.write(text)

    def progress(self, done: int, total: int | None) -> None:
        """Show how far the run is."""
        self.bar.show(done, total)
