"""Claim, start, execute, finish, and again, until nothing is left or told to stop."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from cronmgmt.conf import conf
from cronmgmt.engine import memory, stopping
from cronmgmt.engine.claiming import claim, give_back, start
from cronmgmt.engine.connections import close_all
from cronmgmt.engine.elsewhere import handed_on
from cronmgmt.engine.execution import execute
from cronmgmt.engine.finishing import Finished, finish
from cronmgmt.engine.leases import lease
from cronmgmt.engine.outcomes import Outcome
from cronmgmt.engine.pace import MOST, Pace
from cronmgmt.engine.places import Places
from cronmgmt.engine.transactions import UNWILLING
from cronmgmt.models import JobRun

logger = logging.getLogger("cronmgmt.engine")


class Slice(NamedTuple):
    """How many runs a slice worked off, and whether there may be more."""

    done: int
    more: bool


pace = Pace()
places = Places()


def work_a_slice(queue: str, runs: int | None = None) -> Slice:
    """Work off ``queue`` for SLICE, at most ``runs`` of them if given.

    It says "no more" only after a look made when its last finish was committed.
    """
    if not conf.ENABLED:
        return Slice(0, more=False)
    until = time.monotonic() + conf.SLICE.total_seconds()
    done = 0
    while not stopping.requested():
        left = MOST if runs is None else min(runs - done, MOST)
        if left <= 0 or time.monotonic() > until:
            return Slice(done, more=True)
        claimed, wait = claim(queue, left, pace, places)
        if claimed:
            done += work_off(claimed, until)
            if any(run.lock_digest for run in claimed):
                places.forget(queue)  # Who was woken stands where it stood.
        elif wait is None:
            return Slice(done, more=False)
        else:
            stopping.pause(wait.total_seconds())
    return Slice(done, more=False)


def work_off(claimed: Iterable[JobRun], until: float = float("inf")) -> int:
    """Execute claimed runs one after another; give back what there is no time for."""
    waiting = deque(claimed)
    try:
        return _work_off(waiting, until)
    finally:
        give_back(waiting)


def _work_off(waiting: deque[JobRun], until: float) -> int:
    done = 0
    run: JobRun | None = waiting.popleft()
    ours = run is not None and start(run)
    while run is not None:
        outcome = None
        if ours:
            outcome = memory.wants_a_fresh_process(run)
            outcome = outcome or execute(run, waiting=waiting)
            memory.mark_used()
            pace.note(run.handler, outcome.duration)
            done += 1
        ends = outcome is not None and outcome.ends_process
        if ends or stopping.requested() or time.monotonic() > until:
            give_back(waiting)
        following = _next_of(waiting)
        ours = _finish_and_start(run, outcome, following)
        if ends:
            memory.make_way(run.queue)
        run = following
    return done


def _next_of(waiting: deque[JobRun]) -> JobRun | None:
    try:
        return waiting.popleft()
    except IndexError:
        return None  # Or the supervisor gave them back meanwhile.


def _finish_and_start(
    run: JobRun, outcome: Outcome | None, following: JobRun | None
) -> bool:
    """Record the outcome, if there is one, and start the next run; True if started."""
    if outcome is None:
        return following is not None and start(following)
    if following is not None and following.lock_digest:
        finish_surely(run, outcome)
        return start(following)
    return finish_surely(run, outcome, following).started


def finish_surely(
    run: JobRun, outcome: Outcome, following: JobRun | None = None
) -> Finished:
    """Record an outcome even if the database is away for a while.

    For as long as the lease may last; after that the run is recovered as lost. If
    what the handler left cannot be written, the bare facts are. A run that only newer
    code can call is left to others for a while.
    """
    until = time.monotonic() + lease().total_seconds()
    pause, tries = 0.1, 0
    while True:
        try:
            if outcome.unknown or outcome.refused:
                outcome = handed_on(run, outcome)
            return finish(run, outcome, following)
        except UNWILLING:
            if time.monotonic() > until:
                logger.exception("Run %s: its outcome is lost", run.pk)
                return Finished(recorded=False, started=False)
            logger.warning("Run %s: finishing is repeated", run.pk, exc_info=True)
            close_all()
            time.sleep(pause)
            pause = min(pause * 2, 2.0)
        except Exception as error:
            logger.warning("Run %s: finishing is repeated", run.pk, exc_info=True)
            tries += 1
            if tries > 2:
                return Finished(recorded=False, started=False)
            if tries == 2:
                outcome = outcome.bare(error)
            close_all()  # The handler may have spoilt them.
