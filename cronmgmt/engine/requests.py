"""SIGTERM, SIGINT and the interpreter's exit -> how often a node was asked to stop."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType

ONE_REQUEST = 0.5


class Requests:
    """Counted while ``heard``; a descriptor becomes readable with each."""

    def __init__(self) -> None:
        self.count = 0
        self._counted_at = float("-inf")
        self._reader, self._writer = os.pipe()
        self._ended = threading.Event()

    def fileno(self) -> int:
        """Return the descriptor that becomes readable."""
        return self._reader

    def read(self) -> None:
        """Let the descriptor become readable only with the next request."""
        os.read(self._reader, 4096)

    def close(self) -> None:
        """Close the pipe."""
        os.close(self._reader)
        os.close(self._writer)

    @contextlib.contextmanager
    def heard(self) -> Iterator[None]:
        """Count signals; under the autoreloader, which ends the process, nothing."""
        if not _in_main_thread():
            try:
                yield
            finally:
                self._ended.set()
            return
        os.set_blocking(self._writer, False)
        previous = {
            number: signal.signal(number, self._on_signal)
            for number in (signal.SIGTERM, signal.SIGINT)
        }
        wakeup = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in previous.items():
                signal.signal(number, handler)

    def heed_exit(self) -> None:
        """Where no signal comes, take the interpreter's exit for a request, and delay it.

        To be called once processes were started: multiprocessing's own exit, which
        waits for them, would come first.
        """
        if not _in_main_thread():
            atexit.register(self._stop_at_exit)

    def _stop_at_exit(self) -> None:
        self.count += 1
        os.write(self._writer, b".")
        self._ended.wait()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        # One request may arrive twice at once: to the process and to its group.
        if time.monotonic() - self._counted_at > ONE_REQUEST:
            self._counted_at = time.monotonic()
            self.count += 1


def _in_main_thread() -> bool:
    """Return whether this is the thread that gets signals."""
    return threading.current_thread() is threading.main_thread()
