"""Workers of our own, without django-q2: forked processes that poll the queues."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

from django.db import DatabaseError, InterfaceError

from cronmgmt.conf import conf
from cronmgmt.engine import interrupts, pulses, rings, stopping, watchdog
from cronmgmt.engine.backlog import waiting_queues
from cronmgmt.engine.claiming import AHEAD
from cronmgmt.engine.connections import close_all
from cronmgmt.engine.crew import Crew, end_without_threads
from cronmgmt.engine.loop import work_a_slice

logger = logging.getLogger("cronmgmt.engine")


class Pollers(Crew):
    """Forks ``count`` workers; the parent wakes them through a pipe.

    ``queues`` are the queues to work on; empty: all of them.
    """

    def __init__(self, count: int, queues: Sequence[str] = ()) -> None:
        super().__init__()
        self._count = count
        self._queues = list(queues)
        self._sleepers, self._waker = os.pipe()
        os.set_blocking(self._sleepers, False)
        os.set_blocking(self._waker, False)

    def start(self) -> None:
        rings.ring_by(self.ring)
        super().start()

    def ring(self, queue: str, runs: int = 1) -> bool:
        with contextlib.suppress(BlockingIOError):
            os.write(self._waker, b"." * min(runs, self._count))
        return True

    def work(self) -> None:
        pool = [self._fork() for _ in range(self._count)]
        while not stopping.requested():
            stopping.pause(0.5)
            pool = [each if each.is_alive() else self._fork() for each in pool]
        for each in pool:
            each.join()

    def _fork(self) -> BaseProcess:
        process = get_context("fork").Process(target=self._poll, daemon=False)
        process.start()
        return process

    def _poll(self) -> None:
        interrupts.install()
        watchdog.arm()
        end_without_threads()
        rings.hand_on_later(pulses.send_later)
        pulses.send("up")
        while not stopping.requested():
            try:
                self._look()
            except (DatabaseError, InterfaceError) as error:
                logger.warning("A worker looks again: the database says %s", error)
                close_all()
            self._sleep()
        close_all()
        watchdog.pause()

    def _look(self) -> None:
        # First what could start now, then what is about due.
        for queue in self._queues or waiting_queues() or waiting_queues(AHEAD):
            pulses.send("busy")
            try:
                work_a_slice(queue)
            finally:
                pulses.send("idle")

    def _sleep(self) -> None:
        stopping.wait_for(self._sleepers, conf.CHECK_INTERVAL.total_seconds())
        with contextlib.suppress(BlockingIOError):
            os.read(self._sleepers, 1)
