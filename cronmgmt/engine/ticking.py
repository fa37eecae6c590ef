"""A tick in a child process, which is ended in time whatever its handlers do.

The process that calls this, a web server's, runs no handler itself: one that hangs in
C would take it along. The child says through a pipe how far it is.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from cronmgmt.conf import conf
from cronmgmt.engine import recovery
from cronmgmt.engine.processing import BEGUN, SUCCEEDED, Span, Tally
from cronmgmt.errors import CronmgmtError

DONE = "done"
TO_EXIT = 1.0
"""Seconds that a child may take to exit once it has done its work."""

WORTH_IT = 5.0
"""Seconds of a tick that must be left for another child to be started."""

MANAGE = """
import os, sys
sys.path[:] = sys.argv.pop(1).split(os.pathsep)
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
"""Finds what this process finds. A variable would do it for all that handlers start."""


class TickFailed(CronmgmtError):
    """The child process could do nothing; its standard error says why."""


def tick() -> Tally:
    """Do one tick of TICK_RUNS and TICK_LENGTH, and return what became of its runs.

    Raises TickFailed when its process cannot begin, or ends before any run.
    """
    span = Span(time.monotonic(), conf.TICK_LENGTH.total_seconds())
    total = Tally()
    while True:
        child = Child(conf.TICK_RUNS - total.begun, span)
        child.wait()
        total.begun += child.tally.begun
        total.succeeded += child.tally.succeeded
        if child.is_done or child.was_killed:
            return total
        if not child.tally.begun:
            raise TickFailed(
                f"The process of the tick ended with status {child.status} before it "
                "could do anything."
            )
        left = span.begun + span.seconds - time.monotonic()
        if total.begun >= conf.TICK_RUNS or left < WORTH_IT:
            return total


class Child:
    """``manage.py cronmgmt process`` in a session of its own."""

    def __init__(self, runs: int, span: Span) -> None:
        self.tally = Tally()
        self.is_done = False
        self.was_killed = False
        self._worker = ""
        self._rest = ""
        # What is left of the end belongs to the killing and the recovery.
        self._until = span.begun + span.seconds - span.last_part / 4
        self._report, writer = os.pipe()
        try:
            self._process = self._start(runs, span, writer)
        except OSError as error:
            os.close(self._report)
            raise TickFailed(f"The process of the tick cannot start: {error}") from None
        finally:
            os.close(writer)

    def _start(self, runs: int, span: Span, writer: int) -> subprocess.Popen[bytes]:
        options = {
            "--max-runs": runs,
            "--seconds": span.seconds,
            "--begun": span.begun,
            "--report": writer,
        }
        words = [f"{name}={value}" for name, value in options.items()]
        return subprocess.Popen(
            [*command(), "cronmgmt", "process", *words],
            stdin=subprocess.DEVNULL,
            # To where the web server's own errors go.
            stdout=2,
            pass_fds=[writer],
            start_new_session=True,
        )

    @property
    def status(self) -> int | None:
        """Its exit status; None while it runs."""
        return self._process.returncode

    def wait(self) -> None:
        """Follow it to its end; it is killed when its time is over."""
        try:
            while not self.is_done and self._listen():
                pass
            self._let_it_exit()
        finally:
            self._end()
            os.close(self._report)
        if self._worker and not self.is_done:
            recovery.recover_worker(self._worker)

    def _listen(self) -> bool:
        """Take in what it says; False when it will say no more, or its time is up."""
        left = self._until - time.monotonic()
        # Not select: a busy web server has descriptors above its limit of 1024.
        poll = select.poll()
        poll.register(self._report, select.POLLIN)
        if not poll.poll(max(min(left, 0.5), 0.0) * 1000):
            return left > 0 and self._process.poll() is None
        text = os.read(self._report, 65536).decode(errors="replace")
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._take_in(line)
        return bool(text)

    def _take_in(self, line: str) -> None:
        if line == DONE:
            self.is_done = True
        elif line == BEGUN:
            self.tally.begun += 1
        elif line == SUCCEEDED:
            self.tally.succeeded += 1
        elif line.startswith("worker "):
            self._worker = line.removeprefix("worker ")

    def _let_it_exit(self) -> None:
        left = self._until - time.monotonic()
        # A thread that a handler left behind may keep it from exiting.
        wait = TO_EXIT if self.is_done else left
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(min(wait, left), 0.0))

    def _end(self) -> None:
        if self._process.poll() is not None:
            return
        self.was_killed = not self.is_done
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def command() -> Sequence[str]:
    """Return what stands for ``manage.py``: TICK_COMMAND, or this Python."""
    return conf.TICK_COMMAND or [_python(), "-c", MANAGE, os.pathsep.join(sys.path)]


def _python() -> str:
    """Return this interpreter; a web server that embeds it may have put itself there."""
    if Path(sys.executable or "").name.startswith("python"):
        return sys.executable
    return str(Path(sys.prefix) / "bin" / "python3")
