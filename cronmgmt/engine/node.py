"""A node: one parent process that schedules, watches its workers and cleans up.

The parent is single-threaded and never runs a handler. Its steps are called again and
again until it is told to stop; one that fails is logged and tried again.
"""

from __future__ import annotations

import heapq
import logging
import select
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import DatabaseError, InterfaceError

from cronmgmt.conf import conf
from cronmgmt.engine import (
    backlog,
    locks,
    looking,
    recovery,
    rings,
    scheduling,
    stopping,
)
from cronmgmt.engine.bells import Bells
from cronmgmt.engine.connections import close_all
from cronmgmt.engine.crew import Crew
from cronmgmt.engine.declaring import add_missing
from cronmgmt.engine.housekeeping import Housekeeping
from cronmgmt.engine.jumps import Jumps
from cronmgmt.engine.looking import Look
from cronmgmt.engine.presence import Presence
from cronmgmt.engine.rehearsal import rehearse
from cronmgmt.engine.requests import Requests

logger = logging.getLogger("cronmgmt.engine")

REPORT_EVERY = 10.0
LOOK_AROUND_EVERY = 5.0
SHARE = 10
"""Where a look for lost runs takes long, it is made again after so many times that."""

BACK_OFF_MOST = 2.0
RESTART_EVERY = 5.0
"""A broker that is away ends the workers as soon as they are started."""

IDLE_MOST = 5.0
"""Once told to stop, workers without work end sooner than that."""

AGAIN = 0.25
SHORTEST_PAUSE = 0.02


class Node:
    """The loop, and when each of its steps is due next."""

    def __init__(self, crew: Crew, *, schedules: bool = True) -> None:
        self.crew = crew
        self.presence = Presence(schedules=schedules)
        self.bells = Bells(crew)
        self.jumps = Jumps()
        self.schedules = schedules
        self._due = {"report": 0.0, "around": 0.0, "chores": 0.0}
        self.housekeeping = Housekeeping()
        self._leases_again = 0.0
        self._later: list[tuple[float, str]] = []
        self.requests = Requests()
        self._failed = False
        self._restarted_at = float("-inf")
        self._failures = 0
        self._next_due_in = 0.0

    def run(self) -> None:
        """Run until SIGTERM or SIGINT; a second one kills."""
        with self.requests.heard():
            add_missing()
            rings.hand_on_later(self.ring_in)
            self.crew.later = self._ring_in_seconds
            self._step(rehearse)
            self.crew.start()
            self.requests.heed_exit()
            try:
                while not self.requests.count:
                    self.turn()
                    self._sleep()
            finally:
                self._shut_down()

    def turn(self) -> None:
        """Take every step that is due; a failing one does not stop the others."""
        self._failed = False
        self._step(self._watch_crew)
        self._step(self._look)
        self._step(self._ring_later)
        if self._is_due("around", LOOK_AROUND_EVERY):
            self._step(self._look_around)
        if self._is_due("report", REPORT_EVERY):
            self._step(self._report)
        if self._is_due("chores", BACK_OFF_MOST):
            self._step(self._keep_house)
        self._failures = self._failures + 1 if self._failed else 0

    def _step(self, step: Callable[[], object]) -> None:
        try:
            step()
        except (DatabaseError, InterfaceError) as error:
            self._failed = True
            logger.warning("A step is tried again: the database says %s", error)
            close_all()
        except Exception:
            self._failed = True
            logger.exception("A step of the node failed")

    def _look(self) -> None:
        """See what is due and which leases are over."""
        began = time.monotonic()
        at_leases = began >= self._leases_again
        look = looking.look(at_leases=at_leases)
        if at_leases:
            # Dead entries in front of the index may make it long.
            self._leases_again = began + SHARE * (time.monotonic() - began)
        self._step(partial(self._see_time, look.now, began))
        if look.expired and self.jumps.leases_tell():
            self._step(recovery.recover_expired)
        if self.schedules and conf.ENABLED:
            self._schedule(look)

    def _see_time(self, now: datetime, asked: float) -> None:
        self.presence.jumped(self.jumps.see(now, asked), now)

    def _schedule(self, look: Look) -> None:
        """Queue what is due, and note when to look again."""
        while look.due() and not self.requests.count:
            alive_since = self.presence.alive_since(look.now)
            decided = scheduling.queue_due(look.now, alive_since)
            look = looking.look()
            if decided < scheduling.BATCH:
                break
        self.presence.alive_since(look.now)
        if look.next_due is not None:
            self._next_due_in = time.monotonic() + _pause(look.next_due - look.now)
        else:
            self._next_due_in = float("inf")

    def _watch_crew(self) -> None:
        for worker in self.crew.hear():
            recovery.recover_worker(worker.name)
            if not worker.retired:
                self.bells.a_worker_died()
        if not self.crew.is_alive():
            if time.monotonic() - self._restarted_at > RESTART_EVERY:
                self._restart_crew("their root process is gone")
        elif self.crew.is_broken:
            self._restart_crew("what takes their results was killed")
        elif self.bells.nobody_answers():
            self._restart_crew("rings go unanswered")

    def _restart_crew(self, why: str) -> None:
        logger.error("The workers are started anew: %s.", why)
        self._restarted_at = time.monotonic()
        self.crew.restart()
        self.bells.begin_anew()

    def _look_around(self) -> None:
        """Ring for work that waits, and pass on locks that nobody holds."""
        around = looking.look_around(self.presence.name)
        if around.parked or around.stale_locks:
            self._step(locks.sweep)
        if around.queued and conf.ENABLED:
            self._step(self.bells.ring_for_backlog)
            self._step(self._foresee)

    def _foresee(self) -> None:
        """Note work that others queued for later and that is due before the next look."""
        ahead = timedelta(seconds=1.1 * LOOK_AROUND_EVERY)
        for queue, wait in backlog.deferred(ahead):
            self.ring_in(queue, wait)

    def _report(self) -> None:
        self.presence.report(len(self.crew.workers))

    def _keep_house(self) -> None:
        self._due["chores"] = self.housekeeping.turn()

    def ring_in(self, queue: str, delay: timedelta) -> None:
        """Ring the queue after ``delay``: a run of it becomes available then."""
        self._ring_in_seconds(queue, delay.total_seconds())

    def _ring_in_seconds(self, queue: str, seconds: float) -> None:
        heapq.heappush(self._later, (time.monotonic() + seconds, queue))

    def _ring_later(self) -> None:
        while self._later and self._later[0][0] <= time.monotonic():
            _, queue = heapq.heappop(self._later)
            self.crew.ring(queue)

    def _is_due(self, step: str, every: float) -> bool:
        if time.monotonic() < self._due[step]:
            return False
        self._due[step] = time.monotonic() + every
        return True

    def _sleep(self) -> None:
        """Sleep until something is due, a worker dies or reports, or a signal comes."""
        now = time.monotonic()
        longest = conf.CHECK_INTERVAL.total_seconds()
        until = [now + longest, *self._due.values(), *(t for t, _ in self._later[:1])]
        if self.schedules and conf.ENABLED:
            until.append(self._next_due_in)
        wait = max(min(until) - now, 0.0)
        if self._failures:
            # The database is away: try again soon, then less often, never at once.
            wait = max(wait, min(0.1 * 2 ** min(self._failures, 10), BACK_OFF_MOST))
        # Workers whose rings fail too report many times a second.
        self._wait(wait, heeds_crew=not self._failures)

    def _wait(self, seconds: float, *, heeds_crew: bool = True) -> None:
        """Wait, but no longer than until a signal comes, or a worker dies or reports."""
        asked = self.requests.fileno()
        crew = self.crew.descriptors() if heeds_crew else []
        ready, _, _ = select.select([asked, *crew], [], [], seconds)
        if asked in ready:
            self.requests.read()

    def _shut_down(self) -> None:
        """Stop the crew in order; at the end of the grace, or at a second signal, kill."""
        until = time.monotonic() + stopping.longest().total_seconds()
        logger.info("Stopping; running work has %s to end.", conf.SHUTDOWN_GRACE)
        self.crew.stop()
        worked_at = time.monotonic()
        while (
            self.crew.is_needed()
            and time.monotonic() < until
            and self.requests.count < 2
        ):
            self._step(self._bury_workers)
            if self.crew.is_at_work():
                worked_at = time.monotonic()
            elif time.monotonic() - worked_at > IDLE_MOST:
                break  # They wait for a lock that a killed one kept.
            self._wait(0.1)
        for worker in self.crew.kill():
            self._step(partial(recovery.recover_worker, worker.name))
        self._step(self.presence.leave)
        close_all()

    def _bury_workers(self) -> None:
        for worker in self.crew.hear():
            recovery.recover_worker(worker.name)


def _pause(until_due: timedelta) -> float:
    """Return in how many seconds to look again at what is due next.

    What is within reach already is held by another scheduler, or by an earlier run of
    the same job, which may end before it is due.
    """
    ahead = (until_due - looking.LOOKAHEAD).total_seconds()
    if ahead <= 0:
        seconds = until_due.total_seconds()
        ahead = min(AGAIN, seconds) if seconds > 0 else AGAIN
    return max(ahead, SHORTEST_PAUSE)
