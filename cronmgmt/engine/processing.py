"""One tick: what is due -> queued; then some of what waits, one run after another.

It needs no node and harms none: the same claims and constraints keep ticks, nodes and
other ticks apart.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import connections

from cronmgmt import clock
from cronmgmt.conf import conf
from cronmgmt.engine import (
    locks,
    looking,
    memory,
    pauses,
    presence,
    recovery,
    retention,
    rings,
    scheduling,
    stopping,
)
from cronmgmt.engine.backlog import foremost_queue
from cronmgmt.engine.claiming import AHEAD, claim, start
from cronmgmt.engine.declaring import add_missing
from cronmgmt.engine.execution import execute
from cronmgmt.engine.hours import HourCounting
from cronmgmt.engine.loop import finish_surely
from cronmgmt.engine.mending import Mending
from cronmgmt.engine.outcomes import HANDED_BACK, Outcome
from cronmgmt.models import TICK, JobRun, Status, database
from cronmgmt.models.updating import NOW, More

logger = logging.getLogger("cronmgmt.engine")

LAST_PART = timedelta(seconds=4)
"""So long before a tick's end what still runs is interrupted; it may tidy up."""

TIME_IS_UP = "The tick was over before it was done."

BEGUN, SUCCEEDED = "begun", "succeeded"
Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Span:
    """The time of a tick, by the monotonic clock."""

    begun: float
    seconds: float

    @property
    def last_part(self) -> float:
        """Seconds at its end in which nothing of a handler should run any more."""
        return min(LAST_PART.total_seconds(), self.seconds / 5)

    @property
    def end_of_work(self) -> float:
        """When what still runs is interrupted."""
        return self.begun + self.seconds - self.last_part

    @property
    def half(self) -> float:
        """When half of it is over."""
        return self.begun + self.seconds / 2

    @property
    def last_start(self) -> float:
        """After this no run is started: it would hardly have any time."""
        return self.end_of_work - self.last_part


@dataclass(slots=True)
class Tally:
    """What became of the runs of a tick."""

    begun: int = 0
    succeeded: int = 0
    wants_another: bool = False
    """This process is of no more use, and there may be more to do."""

    @property
    def failed(self) -> int:
        """How many did not succeed: failed, to be tried again, or not done in time."""
        return self.begun - self.succeeded


def process(runs: int, span: Span, tell: Tell = lambda event: None) -> Tally:
    """Schedule what is due, and work off up to ``runs`` runs within ``span``.

    ``tell`` hears of every run that begins, and of every one that succeeds. Call it from a process
    that has nothing else to do: near the end it is told to stop.
    """
    tally = Tally()
    if not conf.ENABLED:
        return tally
    with _ending(span), _heard_by_nodes_only():
        last = presence.last_tick()
        _step(add_missing)
        _step(_schedule)
        _step(_sweep)
        while tally.begun < runs and not _is_over(span, tally):
            if not _one_more(tally, span, tell):
                break
        if not tally.wants_another and time.monotonic() < span.half:
            _step(partial(_mend, span))
            _step(partial(_count_hours, span))
            _step(partial(_prune_hourly, last, span))
    return tally


def _is_over(span: Span, tally: Tally) -> bool:
    late = time.monotonic() > span.last_start
    return tally.wants_another or late or stopping.requested()


@contextmanager
def _ending(span: Span) -> Iterator[None]:
    """Interrupt what runs when the time is up."""
    wait = max(span.end_of_work - time.monotonic(), 0.0)
    timer = threading.Timer(wait, stopping.request, [timedelta(), TIME_IS_UP])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _heard_by_nodes_only() -> Iterator[None]:
    """Ring only if there is a node: rings would pile up where no cluster takes them."""
    nobody = not presence.a_node_hears(clock.now(database()))
    if nobody:
        rings.ring_by(lambda queue, runs: None)
    try:
        yield
    finally:
        if nobody:
            rings.ring_by(None)


def _step(step: Callable[[], object]) -> None:
    """Take a step whose failure must not keep waiting work from being done."""
    try:
        step()
    except Exception:
        logger.exception("A step of a tick failed")
        connection = connections[database()]
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def _schedule() -> None:
    """Queue what is due, and write that somebody looked."""
    look = looking.look(at_leases=True)
    if look.expired:
        recovery.recover_expired()
    began, since = look.now, presence.looking_since(look.now)
    while look.due() and not stopping.requested():
        if scheduling.queue_due(look.now, since) < scheduling.BATCH:
            break
        look = looking.look()
    presence.note_tick(began, since)


def _sweep() -> None:
    around = looking.look_around(TICK)
    if around.parked or around.stale_locks:
        locks.sweep()


def _mend(span: Span) -> None:
    """Plan anew what somebody edited by SQL."""
    mending = Mending()
    while mending.go_on() and time.monotonic() < span.half:
        pass


def _count_hours(span: Span) -> None:
    """Count what ended in the hours that are over."""
    counting = HourCounting()
    while counting.go_on() and time.monotonic() < span.half:
        pass


def _prune_hourly(last: datetime | None, span: Span) -> None:
    """Do what a node does once an hour; the first tick of an hour does."""
    hour = clock.now(database()).replace(minute=0, second=0, microsecond=0)
    if last is None or last < hour:
        pauses.take_up_stranded()
        pruning = retention.Pruning()
        while pruning.go_on() and time.monotonic() < span.half:
            pass


def _one_more(tally: Tally, span: Span, tell: Tell) -> bool:
    """Take the next run, or wait for one that is about due; False if there is none."""
    queue = foremost_queue() or foremost_queue(AHEAD)
    if queue is None:
        return False
    claimed, wait = claim(queue)
    for run in claimed:
        if start(run):
            _perform(run, tally, span, tell)
    if wait is not None:
        stopping.pause(wait.total_seconds())
    return True


def _perform(run: JobRun, tally: Tally, span: Span, tell: Tell) -> None:
    outcome = memory.wants_a_fresh_process(run)
    if outcome is None:
        tell(BEGUN)
        tally.begun += 1
        saved = run.checkpoint
        outcome = execute(run)
        memory.mark_used()
        if outcome.status == HANDED_BACK:
            outcome = _put_back(run, outcome, span, saved=saved)
    tally.wants_another = outcome.ends_process
    recorded = finish_surely(run, outcome).recorded
    if recorded and outcome.status == Status.SUCCEEDED:
        tally.succeeded += 1
        tell(SUCCEEDED)


def _put_back(run: JobRun, outcome: Outcome, span: Span, *, saved: object) -> Outcome:
    """Let others go first; end what no tick would ever have the time for.

    A run that saved a checkpoint, or was done with a target, is on its way. One that
    had at least half of a tick to itself and did neither would be begun anew for ever.
    """
    went_on = outcome.went_on or run.checkpoint != saved
    outcome.handed_back_with = {"available_at": NOW}
    if went_on or outcome.duration < span.seconds / 2:
        return outcome
    if run.losses < conf.MAX_LOSSES:
        outcome.handed_back_with["losses"] = More()
        return outcome
    why = (
        f"Lost: {run.losses + 1} ticks were over before it was done, the last after "
        f"{outcome.duration:.0f} s. Run a cluster, give a tick more time "
        "(CRONMGMT['TICK_LENGTH']), or let the handler save checkpoints."
    )
    ended = Outcome(Status.LOST, why, error_class="TickTooShort", error_message=why)
    ended.duration, ended.log, ended.usage = (
        outcome.duration,
        outcome.log,
        outcome.usage,
    )
    return ended
