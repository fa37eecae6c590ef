"""Child processes that live and end together."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from django.conf import settings

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOOK_EVERY = 0.2


class Ended(Exception):
    """A process ended by itself; the message says which."""


class Processes:
    """Commands of ``manage.py``, each in a process of its own."""

    def __init__(self, grace: float) -> None:
        self.grace = grace
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._stop, self._hurry = threading.Event(), threading.Event()

    def start(self, name: str, *command: str, quiet: bool = False) -> None:
        """Start a command under a name for messages; ``quiet`` drops what it prints."""
        self.running[name] = subprocess.Popen(
            [sys.executable, str(settings.ROOT / "manage.py"), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if quiet else None,
            # Ctrl-C reaches this process only, which then stops them in order.
            start_new_session=True,
        )

    def wait(self, until: Callable[[], bool] = lambda: False) -> bool:
        """Wait until a signal to stop comes: False; or until ``until`` is so: True.

        Raises Ended as soon as one of the processes is gone.
        """
        while not self._stop.is_set():
            for name, process in self.running.items():
                if process.poll() is not None:
                    raise Ended(f"The {name} ended ({_cause(process.returncode)}).")
            if until():
                return True
            self._stop.wait(LOOK_EVERY)
        return False

    @contextmanager
    def together(self) -> Iterator[Processes]:
        """Hear signals to stop; at the end of the block all that were started end."""
        before = {number: signal.signal(number, self._on_signal) for number in STOPS}
        try:
            yield self
        finally:
            self._end()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _end(self) -> None:
        """Ask all to end; kill what has not at the end of the grace or at a 2nd signal."""
        for process in self.running.values():
            process.terminate()
        until = time.monotonic() + self.grace
        while self._left() and time.monotonic() < until and not self._hurry.is_set():
            self._hurry.wait(LOOK_EVERY)
        for process in self._left():
            process.kill()
            process.wait()

    def _left(self) -> list[subprocess.Popen[bytes]]:
        return [each for each in self.running.values() if each.poll() is None]

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        (self._hurry if self._stop.is_set() else self._stop).set()


def _cause(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"exit status {status}"
