"""While a run runs: its lease, log and progress, time-out, cancel and shutdown.

One thread a worker process watches the run that the main thread executes. It touches
the database only when a run outlasts the first beat.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError

from cronmgmt.conf import conf
from cronmgmt.engine import stopping, watchdog
from cronmgmt.engine.beats import beat
from cronmgmt.engine.claiming import give_back
from cronmgmt.engine.connections import close_all
from cronmgmt.engine.context import Run
from cronmgmt.engine.interrupts import Gate
from cronmgmt.engine.leases import lease
from cronmgmt.engine.output import Output
from cronmgmt.engine.usage import MEGABYTE, Usage
from cronmgmt.errors import (
    Interruption,
    LeaseLost,
    MemoryExceeded,
    RunHandedBack,
    RunTimedOut,
)
from cronmgmt.models import JobRun

logger = logging.getLogger("cronmgmt.engine")


class Watch:
    """One run while its handler is inside, as the supervisor sees it."""

    def __init__(
        self,
        row: JobRun,
        run: Run,
        output: Output,
        waiting: deque[JobRun] | None = None,
    ) -> None:
        self.row = row
        self.run = run
        self.output = output
        self.waiting: deque[JobRun] = deque() if waiting is None else waiting
        self.gate = Gate()
        self.usage = Usage()
        self.started = time.monotonic()
        self.leased_until = row.seen + lease().total_seconds()
        self.written: dict[str, int | None] = {}
        self.interrupted_at: float | None = None
        timeout = row.timeout
        self.deadline = self.started + timeout.total_seconds() if timeout else None

    def stop(self, interruption: Interruption) -> None:
        """Interrupt the handler; it has INTERRUPT_GRACE to end."""
        if self.interrupted_at is None:
            self.interrupted_at = time.monotonic()
        self.gate.interrupt(interruption)

    def uses_too_much(self) -> bool:
        """Return whether the process used more than the job allows at the last look."""
        limit = self.row.memory_limit
        return limit is not None and self.usage.now > limit * MEGABYTE

    def about_memory(self) -> str:
        """Return the sentence for a run that uses too much."""
        return (
            f"memory: its worker process used {self.usage.now // MEGABYTE} MB, and the "
            f"job's limit is {self.row.memory_limit} MB."
        )

    def next_look(self) -> float:
        """Return in how many seconds this run wants to be looked at."""
        now = time.monotonic()
        wait = conf.BEAT.total_seconds()
        if self.deadline and self.interrupted_at is None:
            wait = min(wait, self.deadline - now)
        return max(wait, 0.0)


class Supervisor:
    """The thread that watches, and the run it watches now."""

    def __init__(self) -> None:
        self._watch: Watch | None = None
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._changing = threading.Lock()
        self._was_busy = False
        """whether there was a run since the last look"""
        self._next: float | None = None
        """when it looks again, by the monotonic clock; None: when there is a run"""

    @contextmanager
    def watching(self, watch: Watch) -> Iterator[Watch]:
        """Watch one run for the length of the block."""
        self._start_thread()
        with self._changing:
            self._watch = watch
            self._was_busy = True
            watchdog.begin(watch.deadline)
            wanted = time.monotonic() + watch.next_look()
            if self._next is None or wanted < self._next:
                self._wake.set()
        try:
            yield watch
        finally:
            # After this no beat of this run can begin, and none is under way.
            with self._changing:
                self._watch = None

    def _start_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(
                target=self._work, name="cronmgmt supervisor", daemon=True
            )
            self._thread.start()

    @property
    def is_dozing(self) -> bool:
        """Return whether it has closed up until there is a run again."""
        return self._next is None

    def _work(self) -> None:
        while True:
            pause = None if self._next is None else self._next - time.monotonic()
            self._wake.wait(pause)
            self._wake.clear()
            self._turn()

    def _turn(self) -> None:
        with self._changing:
            watch = self._watch
            # Nothing ran for a beat: close up until there is a run again.
            idle = not self._was_busy
            self._was_busy = watch is not None
            if watch is not None:
                watchdog.rearm(watch.deadline)
                self._look(watch)
            elif idle:
                watchdog.pause()
                close_all()
            else:
                # Between two short runs: the next one finds the count going on.
                watchdog.rearm(None)
            self._next = None if idle else time.monotonic() + self._pause(watch)

    def _pause(self, watch: Watch | None) -> float:
        return watch.next_look() if watch else conf.BEAT.total_seconds()

    def _look(self, watch: Watch) -> None:
        try:
            watch.usage.sample()
            self._end_what_is_over(watch)
            if time.monotonic() - watch.started >= conf.BEAT.total_seconds() * 0.9:
                beat(watch)
                give_back(watch.waiting)
        except (DatabaseError, InterfaceError):
            # The handler goes on for as long as the lease lasts.
            logger.warning("Run %s: no beat", watch.row.pk, exc_info=True)
            close_all()
            if time.monotonic() > watch.leased_until:
                watch.stop(LeaseLost("The database was out of reach for a lease."))
        except Exception:
            logger.exception("Run %s: the supervisor stumbled", watch.row.pk)

    def _end_what_is_over(self, watch: Watch) -> None:
        now = time.monotonic()
        if watch.interrupted_at is not None:
            if now - watch.interrupted_at > conf.INTERRUPT_GRACE.total_seconds():
                watchdog.end_process(watch)
            elif watch.gate.pending:
                watch.gate.interrupt(watch.gate.pending)
        elif watch.deadline and now >= watch.deadline:
            watch.stop(RunTimedOut(f"Timed out after {watch.row.timeout}."))
        elif watch.uses_too_much():
            watch.stop(MemoryExceeded(watch.about_memory()))
        elif stopping.grace_is_over():
            watch.stop(RunHandedBack(stopping.why()))


supervisor = Supervisor()


def _begin_anew() -> None:
    global supervisor
    supervisor = Supervisor()


# Threads do not survive a fork, and their locks may be held for ever.
os.register_at_fork(after_in_child=_begin_anew)
