"""What the contenders' jobs do: nothing, or note when they were started."""

from __future__ import annotations

import os
import time

from benchmarks.sites.environment import STARTS


def nothing() -> None:
    """Do nothing."""


def take(number: int) -> None:
    """Do nothing with what it is handed."""


def note(label: str) -> None:
    """Append the label and the time to the file of starts, in one write."""
    now = time.time()
    descriptor = os.open(STARTS, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"{label} {now!r}\n".encode())
    finally:
        os.close(descriptor)
