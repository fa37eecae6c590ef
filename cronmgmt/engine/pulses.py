"""Workers -> the node's parent: who is up, busy or idle, over a pipe.

A pipe needs no lock, so a worker that is killed while it writes leaves nothing held;
lines are far shorter than what the kernel writes in one piece.
"""

from __future__ import annotations

import contextlib
import os
from datetime import timedelta
from typing import NamedTuple

from cronmgmt.engine import workers

_out: int | None = None


class Pulse(NamedTuple):
    """What one worker process reported."""

    pid: int
    event: str
    detail: str


def connect(descriptor: int) -> None:
    """Report over that pipe from now on, in this process and those it forks."""
    global _out
    _out = descriptor


def send(event: str, detail: str = "") -> None:
    """Report ``event``; nobody listening, or a full pipe, is no matter."""
    if _out is None:
        return
    line = f"{os.getpid()} {event} {detail or workers.this()}\n"
    with contextlib.suppress(OSError):
        os.write(_out, line.encode(errors="replace"))


def send_later(queue: str, delay: timedelta) -> None:
    """Ask the parent to ring the queue after ``delay``."""
    send("later", f"{queue} {delay.total_seconds():.3f}")


class Inbox:
    """The parent's end."""

    def __init__(self) -> None:
        self.incoming, self.outgoing = os.pipe()
        os.set_blocking(self.incoming, False)
        os.set_blocking(self.outgoing, False)
        self._rest = b""

    def read(self) -> list[Pulse]:
        """Return what was reported since the last call."""
        try:
            data = self._rest + os.read(self.incoming, 65_536)
        except BlockingIOError:
            return []
        *lines, self._rest = data.split(b"\n")
        return [pulse for pulse in map(_parse, lines) if pulse is not None]

    def close(self) -> None:
        """Close both ends."""
        for descriptor in (self.incoming, self.outgoing):
            with contextlib.suppress(OSError):
                os.close(descriptor)


def _parse(line: bytes) -> Pulse | None:
    pid, _, rest = line.decode(errors="replace").partition(" ")
    event, _, detail = rest.partition(" ")
    return Pulse(int(pid), event, detail) if pid.isdigit() and event else None
