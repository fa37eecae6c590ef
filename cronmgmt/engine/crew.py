"""The worker processes of a node, whoever forks them."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import select
import signal
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize

from cronmgmt.engine import interrupts, pulses, stopping
from cronmgmt.engine.connections import close_all
from cronmgmt.engine.lifeline import Lifeline
from cronmgmt.engine.pulses import Inbox, Pulse

logger = logging.getLogger("cronmgmt.engine")


@dataclass(slots=True)
class Worker:
    """One worker process, as the parent knows it."""

    name: str
    descriptor: int | None
    busy: bool = False
    heard_at: float = 0.0
    retired: bool = False

    def is_at_work(self) -> bool:
        """Return whether it does something, or only just ended it."""
        return self.busy or time.monotonic() - self.heard_at < 1.0


@dataclass(frozen=True, slots=True)
class Retired:
    """Workers whose place others have taken; until then they may end their work."""

    root: BaseProcess
    until: float


class Crew(ABC):
    """Forks the workers, hears their pulses and sees their deaths."""

    def __init__(self) -> None:
        self.workers: dict[int, Worker] = {}
        self.heard_at = time.monotonic()
        self.is_broken = False
        self.later: Callable[[str, float], None] = lambda queue, seconds: None
        self._inbox = Inbox()
        self._lifeline = Lifeline()
        self._root: BaseProcess | None = None
        self._retired: list[Retired] = []

    @abstractmethod
    def work(self) -> None:
        """What the forked root process does until it is told to stop."""

    @abstractmethod
    def ring(self, queue: str, runs: int = 1) -> bool:
        """Tell the workers that there is work on ``queue``; False if none can hear."""

    def start(self) -> None:
        """Fork the root process, in a process group of its own."""
        # A connection must not be shared over a fork.
        close_all()
        # What is there now stays: a collection would write to all of it, and each
        # process would have a copy of its own.
        gc.collect()
        gc.freeze()
        self._root = get_context("fork").Process(target=self._main, daemon=False)
        self._root.start()
        self.heard_at = time.monotonic()
        self.is_broken = False

    def _main(self) -> None:
        os.setpgid(0, 0)
        # systemd and terminals signal every process of a service; the parent decides.
        interrupts.be_deaf(signal.SIGTERM)
        interrupts.be_deaf(signal.SIGINT)
        signal.set_wakeup_fd(-1)
        self._lifeline.hold()
        pulses.connect(self._inbox.outgoing)
        stopping.reset()
        stopping.listen_to(self._lifeline)
        threading.Thread(target=self._end_at_last, daemon=True).start()
        self.work()

    def _end_at_last(self) -> None:
        """Let nothing outlive the node by more than the grace, whatever it waits for."""
        self._lifeline.wait()
        time.sleep(stopping.longest().total_seconds())
        os.killpg(os.getpgrp(), signal.SIGKILL)

    def descriptors(self) -> list[int]:
        """Return what the parent waits for: pulses and deaths."""
        deaths = (worker.descriptor for worker in self.workers.values())
        return [self._inbox.incoming, *(fd for fd in deaths if fd is not None)]

    def hear(self) -> list[Worker]:
        """Take in pulses; return the workers that are dead by now."""
        for pulse in self._inbox.read():
            self._take_in(pulse)
        self._end_retired()
        dead = [pid for pid, worker in self.workers.items() if _is_dead(pid, worker)]
        return [self._bury(pid) for pid in dead]

    def _take_in(self, pulse: Pulse) -> None:
        if pulse.event == "later":
            queue, _, seconds = pulse.detail.rpartition(" ")
            self.later(queue, float(seconds))
            return
        if pulse.event == "broken":
            self.is_broken = True
            return
        worker = self.workers.get(pulse.pid)
        if worker is None:
            worker = Worker(pulse.detail, _watch(pulse.pid))
            self.workers[pulse.pid] = worker
        worker.busy = pulse.event == "busy"
        if worker.busy:
            # The only answer to a ring: one that comes up may wait for ever at a queue
            # whose lock a killed one kept.
            self.heard_at = time.monotonic()
        worker.heard_at = time.monotonic()

    def _bury(self, pid: int) -> Worker:
        worker = self.workers.pop(pid)
        if worker.descriptor is not None:
            os.close(worker.descriptor)
        return worker

    @property
    def idle(self) -> int:
        """How many workers could answer a ring at once."""
        current = (worker for worker in self.workers.values() if not worker.retired)
        return sum(not worker.busy for worker in current)

    def is_at_work(self) -> bool:
        """Return whether any worker does something, or only just ended it."""
        return any(worker.is_at_work() for worker in self.workers.values())

    @property
    def retired_at_work(self) -> bool:
        """Whether some worker that another took the place of has not ended yet."""
        retired = (worker for worker in self.workers.values() if worker.retired)
        return any(worker.is_at_work() for worker in retired)

    def is_alive(self) -> bool:
        """Return whether the root process of the current workers is there."""
        return self._root is not None and self._root.is_alive()

    def is_needed(self) -> bool:
        """Return whether anything is still being ended in order."""
        return self.is_alive() or self.retired_at_work

    def stop(self) -> None:
        """Ask all to stop: no new claims, running work gets its grace."""
        self._lifeline.cut()

    def kill(self) -> list[Worker]:
        """End everything at once; returns the workers there were."""
        for root in [self._root, *(old.root for old in self._retired)]:
            if root is not None:
                _kill_group(root)
        self._retired.clear()
        return [self._bury(pid) for pid in list(self.workers)]

    def restart(self) -> None:
        """Fork anew; what the old workers have begun has the usual grace to end."""
        self._lifeline.close()
        for worker in self.workers.values():
            worker.retired = True
        if self._root is not None:
            until = time.monotonic() + stopping.longest().total_seconds()
            self._retired.append(Retired(self._root, until))
        self._lifeline = Lifeline()
        self.start()

    def _end_retired(self) -> None:
        for old in list(self._retired):
            if not self.retired_at_work or time.monotonic() > old.until:
                _kill_group(old.root)
                self._retired.remove(old)


def _kill_group(root: BaseProcess) -> None:
    assert root.pid is not None
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(root.pid, signal.SIGKILL)
    root.join(5)


def end_without_threads() -> None:
    """Let this worker end at its end, whatever threads its handlers have left.

    Called last: queues have been flushed by then, and threads would be waited for.
    """
    Finalize(None, os._exit, args=(0,), exitpriority=-1000)


def _watch(pid: int) -> int | None:
    """Return a descriptor that becomes readable when the process ends."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None  # Not Linux, or gone already: asked for by its id.


def _is_dead(pid: int, worker: Worker) -> bool:
    if worker.descriptor is not None:
        ready, _, _ = select.select([worker.descriptor], [], [], 0)
        return bool(ready)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
