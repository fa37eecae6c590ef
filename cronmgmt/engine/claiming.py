"""Queued run -> claimed -> running. The only place where a worker takes work."""

from __future__ import annotations

import time
import uuid
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from django.db import IntegrityError
from django.db.models import QuerySet

from cronmgmt import clock
from cronmgmt.clock import sql_now
from cronmgmt.engine import locks, workers
from cronmgmt.engine.deadlines import end_late
from cronmgmt.engine.leases import lease
from cronmgmt.engine.pace import Pace
from cronmgmt.engine.places import Places, onwards
from cronmgmt.engine.rings import ring
from cronmgmt.engine.transactions import in_transaction
from cronmgmt.engine.unreadable import UNREADABLE, mend_queue
from cronmgmt.models import JobRun, Status, move
from cronmgmt.models.compiled import Slot
from cronmgmt.models.selecting import select
from cronmgmt.models.updating import Later, More, update

AHEAD = timedelta(seconds=1)
"""A worker that finds nothing to do waits this long for a run that is about due."""


class Claim(NamedTuple):
    """What a look at the queue gave: runs that are ours now, or how long to wait.

    ``wait`` is None when nothing is due within AHEAD.
    """

    runs: list[JobRun]
    wait: timedelta | None = None


def claim(
    queue: str,
    limit: int = 1,
    pace: Pace | None = None,
    places: Places | None = None,
) -> Claim:
    """Claim up to ``limit`` runs of ``queue``: highest priority, then oldest.

    More than one only if ``pace`` expects them to be done in no time. With ``places``
    it goes on where it was, which leaves out for a moment what has come before that.
    A claimed run is provably not started. Every run carries the claim's token from
    then on; whoever has another one cannot change it. Rows that nobody can read or
    count up keep no others from being claimed: they are put right or ended.
    """
    places = places or Places()
    try:
        return _claim(queue, limit, pace, places)
    except (*UNREADABLE, IntegrityError):
        if not mend_queue(queue, AHEAD):
            raise
        places.forget(queue)
        return _claim(queue, limit, pace, places)


def _claim(queue: str, limit: int, pace: Pace | None, places: Places) -> Claim:
    token = uuid.uuid4().hex
    while True:
        ready, wait = _ready(queue, limit, places)
        if not ready:
            return Claim([], wait)
        if end_late(ready):
            continue  # What is behind them has moved up.
        count = pace.fitting(run.handler for run in ready) if pace else limit
        taken = take(_one_of_each_lock(ready[:count]), token)
        places.passed(queue, ready[:count][-1])
        if taken:
            return Claim(taken)
        # Other workers were faster with all of these: look again.


def _ready(queue: str, limit: int, places: Places) -> Claim:
    """Return what could start now, else how long to wait, after one or two looks."""
    if place := places.of(queue):
        ahead = select(_candidates_behind, limit, queue=queue, **place._asdict())
        if ahead:
            return Claim(ahead)
    began = time.monotonic()
    seen = select(_candidates, limit + 4, AHEAD, queue=queue)
    ready = [run for run in seen if run.available_at <= run.db_now][:limit]
    if not ready and len(seen) > limit:
        # Behind much that is about due, something less urgent may be ready.
        ready = select(_candidates, limit, queue=queue)
    places.started_over(queue, time.monotonic() - began)
    return Claim(ready, None if ready else _until_due(seen))


def start(run: JobRun) -> bool:
    """Make the start durable; False if the run is not ours any more, or is parked.

    The handler is called only after this: what is ``claimed`` never ran. A run whose
    lock is taken waits for it; this is then a transaction of its own.
    """
    if run.lock_digest:
        locks.ensure_gate(run.lock_digest)
        return in_transaction(partial(_start_under_lock, run))
    return _start(run)


def _start_under_lock(run: JobRun) -> bool:
    # Our row before the gate, as everywhere.
    ours = JobRun.objects.filter(
        pk=run.pk, status=Status.CLAIMED, claim_token=run.claim_token
    )
    is_ours = bool(ours.select_for_update().values_list("pk"))
    return is_ours and locks.take(run) and _start(run)


def _start(run: JobRun) -> bool:
    run.started_at = starting_now(run)
    started = move(
        run.pk,
        Status.CLAIMED,
        run.claim_token,
        status=Status.RUNNING,
        attempt=More(),
        started_at=run.started_at,
        lease_expires_at=Later(lease()),
    )
    if started:
        note_start(run)
    return started


def starting_now(run: JobRun) -> datetime:
    """Return what the database's clock shows now, from its reading at the claim."""
    return clock.after(run.clock_read, time.monotonic() - run.seen)


def note_start(run: JobRun) -> None:
    """Bring our copy of the row up to date with its start."""
    if run.status == Status.CLAIMED:
        # Else the transaction around this is repeated: it is counted already.
        run.status = Status.RUNNING
        run.attempt += 1


def give_back(runs: deque[JobRun]) -> None:
    """Queue again what was claimed ahead and not started, and empty ``runs``.

    The supervisor does it too, from its own thread, when the run before them takes
    longer than expected: whoever takes a run out of the deque has it.
    """
    queues: Counter[str] = Counter()
    while runs:
        try:
            run = runs.pop()
        except IndexError:
            break
        move(run.pk, Status.CLAIMED, run.claim_token, **UNCLAIMED)
        queues[run.queue] += 1
    for queue, count in queues.items():
        ring(queue, count)


UNCLAIMED = {
    "status": Status.QUEUED,
    "claim_token": "",
    "worker": "",
    "lease_expires_at": None,
}
"""What makes a held run one that anybody may claim."""


def _candidates(limit: int, ahead: timedelta | None = None) -> QuerySet[Any]:
    return _queued(ahead)[:limit]


def _candidates_behind(limit: int) -> QuerySet[Any]:
    return onwards(_queued())[:limit]


def _queued(ahead: timedelta | None = None) -> QuerySet[Any]:
    return (
        JobRun.objects.filter(
            queue=Slot(JobRun, "queue"),
            status=Status.QUEUED,
            available_at__lte=sql_now(ahead),
        )
        .annotate(db_now=sql_now())
        .order_by("priority", "available_at", "id")
    )


def _one_of_each_lock(runs: Iterable[Any]) -> list[Any]:
    """Leave out runs behind another that needs the same lock: it would be in the way,
    and they would be in the way of more urgent ones that are parked."""
    chosen, locked = [], set()
    for run in runs:
        if run.lock_digest not in locked:
            chosen.append(run)
        if run.lock_digest:
            locked.add(run.lock_digest)
    return chosen


def take(runs: Sequence[Any], token: str) -> list[JobRun]:
    """Claim these candidates; return those with which no other worker was faster."""
    seen = time.monotonic()
    keys = [run.pk for run in runs]
    mine = {
        "status": Status.CLAIMED,
        "claim_token": token,
        "worker": workers.this(),
    }
    changes = {**mine, "claims": More(), "lease_expires_at": Later(lease())}
    count = update(JobRun, changes, pk=keys, status=Status.QUEUED)
    if count < len(keys):
        ours = JobRun.objects.filter(pk__in=keys, claim_token=token)
        won = set(ours.values_list("pk", flat=True))
        runs = [run for run in runs if run.pk in won]
    for run in runs:
        run.claims += 1
        run.seen, run.clock_read = seen, run.db_now
        for name, value in mine.items():
            setattr(run, name, value)
    return list(runs)


def _until_due(seen: Sequence[Any]) -> timedelta | None:
    waits: list[timedelta] = [_wait(run.available_at, run.db_now) for run in seen]
    return min(waits, default=None)


def _wait(available_at: datetime, now: datetime) -> timedelta:
    return max(available_at - now, timedelta())
