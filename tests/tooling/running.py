"""One command of a leg: run within a time, and ended with all that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO
from uuid import uuid4

from tests.tooling.parts import ROOT

MARK = "STARTED_BY_LEG"
"""What a command and all its descendants have in their environment."""

GRACE = 20.0
"""Seconds in which an interrupted command may end what it started, and report."""


def run_within(
    seconds: float,
    command: Sequence[str],
    environ: Mapping[str, str],
    output: IO[str] | None = None,
) -> int | None:
    """Run the command and return its exit status; None when it took longer.

    It is then interrupted, as by Ctrl-C; after the grace it is killed. Descendants
    that are still there are killed, also those in sessions of their own.
    """
    if seconds <= 0:
        return None
    mark = f"{MARK}={uuid4().hex}"
    marked = {**environ, **dict([mark.split("=")])}
    with subprocess.Popen(
        command, cwd=ROOT, env=marked, stdout=output, stderr=output
    ) as running:
        try:
            return running.wait(seconds)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(GRACE)
            return None
        finally:
            end_all(lambda environ: f"{mark}\0".encode() in environ)
            running.kill()


def end_all(belongs: Callable[[bytes], bool]) -> None:
    """Kill the processes with such an environment until there is none."""
    while found := [pid for pid in processes() if belongs(environ_of(pid))]:
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def processes() -> list[int]:
    """Return the ids of this machine's processes; none where there is no /proc."""
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def environ_of(pid: int) -> bytes:
    """Return what the process was started with; nothing once it has ended."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""  # It is gone, or it is somebody else's.
