"""Rings that were lost or go unanswered -> rung again; a crew that hears none."""

from __future__ import annotations

import time
from datetime import timedelta

from cronmgmt.engine.backlog import oldest_wait, waiting, waiting_queues
from cronmgmt.engine.crew import Crew

OVERDUE = timedelta(seconds=2)
"""Work that waits for longer than this, with idle workers about, was not heard of."""

PATIENCE = 10.0
AFTER_A_DEATH = 4.0
"""So many seconds may pass without any pulse while idle workers were rung for."""

AFTER_AN_OUTAGE = 25.0
"""Django-q2 asks a broker that failed once no more for ten seconds."""

AGAIN = 60.0
"""While all workers are busy, a queue is rung again this often."""


class Bells:
    """Watches whether rings are answered."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._rung_at: dict[str, float] = {}
        self._asked_at: float | None = None
        self._patience = PATIENCE

    def begin_anew(self) -> None:
        """The crew was started anew: nothing is known of it."""
        self._rung_at.clear()
        self._asked_at = None
        self._patience = PATIENCE

    def ring_for_backlog(self) -> None:
        """Ring for every queue whose work waits though somebody could take it."""
        for queue in waiting_queues():
            if oldest_wait(queue) > OVERDUE and self._may_ring(queue):
                self._ask(queue, waiting(queue, at_most=max(self._crew.idle, 1)))

    def a_worker_died(self) -> None:
        """A worker that dies while it waits may hold the lock of django-q2's queue.

        Nothing would be taken from that queue again: ask at once, and wait less long.
        """
        if self._patience < AFTER_AN_OUTAGE:
            self._patience = AFTER_A_DEATH
        self._ask("default")

    def nobody_answers(self) -> bool:
        """Return whether idle workers were rung for and none stirred."""
        if self._asked_at is None:
            return False
        if self._crew.heard_at >= self._asked_at:
            self._asked_at = None
            self._patience = PATIENCE
            return False
        idle = self._crew.idle or not self._crew.workers
        return bool(idle) and time.monotonic() - self._asked_at > self._patience

    def _may_ring(self, queue: str) -> bool:
        since = time.monotonic() - self._rung_at.get(queue, float("-inf"))
        return bool(self._crew.idle) or since > AGAIN

    def _ask(self, queue: str, runs: int = 1) -> None:
        self._rung_at[queue] = time.monotonic()
        if not self._crew.ring(queue, runs):
            # The broker is away: that is no reason to end workers that are busy.
            self._asked_at = None
            self._patience = AFTER_AN_OUTAGE
        elif self._asked_at is None and self._crew.idle:
            self._asked_at = time.monotonic()
