"""Processes that a test starts, with all their descendants; read from /proc."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.scenarios.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]

WORKER = re.compile(r"ready for work at (\d+)")
TICKS = os.sysconf("SC_CLK_TCK")


class Member(NamedTuple):
    """One living process."""

    pid: int
    parent: int
    state: str
    started: int
    ticks: int


def living() -> dict[int, list[Member]]:
    """Return all living processes of this machine by their session."""
    sessions: dict[int, list[Member]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                stat = (entry / "stat").read_text()
                fields = stat.rpartition(")")[2].split()
                member = Member(
                    int(entry.name),
                    parent=int(fields[1]),
                    state=fields[0],
                    started=int(fields[19]),
                    ticks=int(fields[11]) + int(fields[12]),
                )
                if member.state not in "ZX":
                    sessions.setdefault(int(fields[3]), []).append(member)
    return sessions


class Process:
    """A ``manage.py`` command in a session of its own: its descendants stay in it."""

    def __init__(
        self,
        name: str,
        *command: str,
        environ: Mapping[str, str],
        module: str = "django",
    ) -> None:
        self.name, self.command = name, command
        self.log = Path(environ["SITE_LOGS"]) / f"{name}-{time.monotonic_ns()}.log"
        with self.log.open("wb") as output:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", module, *command],
                cwd=ROOT,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid = self._popen.pid

    def output(self) -> str:
        """Return what all its processes have printed so far."""
        return self.log.read_text(errors="replace")

    def family(self) -> list[Member]:
        """Return it and its living descendants, oldest first."""
        members = living().get(self.pid, [])
        return sorted(members, key=lambda member: (member.started, member.pid))

    def pids(self) -> list[int]:
        """Return the process ids of all of them."""
        return [member.pid for member in self.family()]

    def workers(self) -> list[int]:
        """Return the living workers, in the order in which they came up."""
        family = self.family()
        if "qcluster" not in self.command:
            roots = [one.pid for one in family if one.parent == self.pid]
            return [one.pid for one in family if one.parent in roots]
        alive = {one.pid for one in family}
        return [pid for pid in map(int, WORKER.findall(self.output())) if pid in alive]

    def crew_root(self) -> int:
        """Return the process that forks the workers."""
        children = [one for one in self.family() if one.parent == self.pid]
        return children[0].pid

    def cpu_seconds(self) -> float:
        """Return the processor time that the first process has used."""
        ticks = {one.pid: one.ticks for one in self.family()}
        return ticks[self.pid] / TICKS

    def signal(self, number: int) -> None:
        """Signal the first process only."""
        os.kill(self.pid, number)

    def signal_all(self, number: int) -> None:
        """Signal each of its processes, as systemd does."""
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def status(self) -> int | None:
        """Return the exit status of the first process; None while it lives."""
        return self._popen.poll()

    def wait(self, within: float) -> int:
        """Return the exit status of the first process."""
        wait_until(lambda: self.status() is not None, within, f"{self.name} has ended")
        return self._popen.returncode

    def wait_for_output(self, text: str, within: float) -> None:
        """Wait until one of its processes has printed ``text``."""
        wait_until(
            lambda: text in self.output(), within, f"{self.name} printed {text!r}"
        )

    def is_gone(self) -> bool:
        """Return whether no process of it is left."""
        return self.status() is not None and not self.family()

    def end(self) -> None:
        """Kill whatever is left of it."""
        while self.family():
            self.signal_all(signal.SIGKILL)
            self.status()
            time.sleep(0.01)
        self._popen.wait()
