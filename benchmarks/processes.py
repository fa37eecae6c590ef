"""Processes that the benchmark starts; what they use is read from /proc."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
GRACE = 15.0
"""Seconds that a process has to end in order; then it is killed."""


class Process:
    """A process in a session of its own: all it starts stay in that session."""

    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], log: Path
    ) -> None:
        self.log = log
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                command,
                cwd=ROOT,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid = self._popen.pid

    def family(self) -> list[int]:
        """Return the ids of the process and its living descendants."""
        return [pid for pid, session in sessions() if session == self.pid]

    def is_alive(self) -> bool:
        """Return whether the first process is there."""
        return self._popen.poll() is None

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the first process."""
        with contextlib.suppress(ProcessLookupError):
            if self.is_alive():
                os.kill(self.pid, signal.SIGTERM)

    def end(self) -> None:
        """Wait for it to end, then kill what is left of it, each by its id."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(GRACE)
        while family := self.family():
            for pid in family:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._popen.poll()
            time.sleep(0.02)
        self._popen.wait()


def sessions() -> list[tuple[int, int]]:
    """Return the id and the session of every living process."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = _stat(int(entry.name))
                if fields[0] not in "ZX":
                    found.append((int(entry.name), int(fields[3])))
    return found


def memory(pids: Sequence[int]) -> int:
    """Return the bytes of memory that the processes take: the sum of their PSS."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total


def processor(pids: Sequence[int]) -> float:
    """Return the seconds of processor time that the processes have used so far."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = _stat(pid)
            total += sum(map(int, fields[11:13]))
    return total / TICKS


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name, which may hold anything."""
    text = Path(f"/proc/{pid}/stat").read_text()
    return text.rpartition(")")[2].split()
