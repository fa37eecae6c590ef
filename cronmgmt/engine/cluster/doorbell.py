"""A ring -> a few ``drain`` tasks on django-q2, never one per run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.tasks import async_task

from cronmgmt.conf import conf
from cronmgmt.engine import stopping
from cronmgmt.engine.backlog import waiting, waiting_queues
from cronmgmt.engine.loop import Slice, work_a_slice
from cronmgmt.engine.rings import LINGER
from cronmgmt.engine.transactions import UNWILLING

TASK = "cronmgmt.engine.cluster.doorbell.drain"

AGAIN = 0.25
"""Seconds until a worker whose database is away heeds another ring."""


class _Moment(NamedTuple):
    """A moment by two clocks of a host, in seconds."""

    running: float
    """By the one that never jumps, and begins anywhere."""
    shown: float

    @classmethod
    def now(cls) -> _Moment:
        return cls(time.monotonic(), time.time())


_rang_again: dict[str, _Moment] = {}
"""When this process last rang for what its slice of a queue had left over."""


def ring(queue: str, runs: int = 1) -> None:
    """Put up to one task per worker on the broker.

    A queue that has a cluster of its own in ``ALT_CLUSTERS`` is rung there, any other
    at the default cluster.
    """
    with _without_waiting_for_the_disk():
        for _ in range(max(1, min(runs, workers()))):
            _ring_once(queue)


class _Kept:
    """In a broker's place: keeps the rings, to be heard by this cluster only."""

    list_key = "kept"

    def __init__(self) -> None:
        self.rings: list[str] = []

    def enqueue(self, ring: str) -> int:
        self.rings.append(ring)
        return len(self.rings)


def rings_for_what_waits() -> list[str]:
    """Return rings, as a broker carries them, for the work that this cluster could do.

    For when the broker is away: whoever rings there is not heard. None where that is a
    database: most likely that of the work.
    """
    if Conf.ORM:
        return []
    kept = _Kept()
    for queue in waiting_queues():
        if _is_ours(queue):
            for _ in range(waiting(queue, at_most=int(Conf.WORKERS))):
                _ring_once(queue, broker=kept)
    return kept.rings


def _is_ours(queue: str) -> bool:
    if Conf.CLUSTER_NAME in alternative_clusters():
        return queue == str(Conf.CLUSTER_NAME)
    return queue not in alternative_clusters()


def _ring_once(queue: str, **options: object) -> None:
    async_task(
        TASK,
        queue,
        rung=(conf.instance, *_Moment.now()),
        q_options={
            "task_name": f"cronmgmt {queue}",
            "cluster": queue if queue in alternative_clusters() else None,
            # The run's own time-out counts; django-q2's would kill the worker.
            "timeout": -1,
            "save": False,
            "ack_failure": True,
            **options,
        },
    )


@contextmanager
def _without_waiting_for_the_disk() -> Iterator[None]:
    """Let PostgreSQL, as django-q2's broker, write when it likes: a ring may be lost.

    Inside a transaction of the caller's it would be his that is written so.
    """
    connection = connections[Conf.ORM] if Conf.ORM else None
    if connection is None or not _commits_by_itself(connection):
        yield
        return
    connection.close_if_unusable_or_obsolete()  # As the broker does outside of one.
    with transaction.atomic(using=Conf.ORM):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO OFF")
        yield


def _commits_by_itself(connection: BaseDatabaseWrapper) -> bool:
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return False
    return connection.get_autocommit()


def workers() -> int:
    """Return how many workers each cluster has that is set up like this process."""
    return int(Conf.WORKERS)


def lingers() -> bool:
    """Return whether a drain looks once more; told to work in line, it cannot."""
    return not Conf.SYNC


def alternative_clusters() -> set[str]:
    """Return the names of the clusters that serve a queue of their own."""
    return set(Conf.conf.get("ALT_CLUSTERS") or {})


def is_in_a_database() -> bool:
    """Return whether the broker is one of Django's databases."""
    return bool(Conf.ORM)


def what_waits() -> dict[str, int]:
    """Return how many messages wait in the broker, by cluster.

    Raises what the broker raises that does not answer.
    """
    clusters = {str(Conf.CLUSTER_NAME), *alternative_clusters()}
    return {name: int(get_broker(name).queue_size()) for name in sorted(clusters)}


def drain(queue: str, rung: tuple[str, float, float] | None = None) -> str:
    """What the django-q2 worker calls: work off ``queue``, then ring if more is left.

    A ring from before our own last one is done with: that one stands for all the work
    there was. Otherwise the host's own tasks would wait for a slice per ring. Returns
    one line for django-q2's log.
    """
    if rung is not None and _is_stale(queue, rung[0], _Moment(*rung[1:])):
        return "A later ring stands for this one."
    try:
        slice_ = _work(queue)
    except UNWILLING:
        # Rings may have piled up on a broker that is there: all would fail at once.
        stopping.pause(AGAIN)
        raise
    if slice_.more:
        _rang_again[queue] = _Moment.now()
        ring(queue)
    return f"{slice_.done} runs"


def _is_stale(queue: str, instance: str, at: _Moment) -> bool:
    """Return whether a later ring stands for this one, as far as one can tell.

    On one's own host, by the clock that never jumps. Another's time may be slow: its
    rings go unheard only for as long as what we rang for must be under way.
    """
    again = _rang_again.get(queue)
    if again is None:
        return False
    if instance == conf.instance:
        return at.running < again.running
    recent = time.monotonic() - again.running < 2 * conf.SLICE.total_seconds()
    return recent and at.shown < again.shown


def _work(queue: str) -> Slice:
    """Work off the queue, and look again where its last look came too early.

    Whoever rang may have queued more since, without another ring.
    """
    began = time.monotonic()
    first = work_a_slice(queue)
    early = LINGER - (time.monotonic() - began)
    if first.more or early <= 0 or not lingers():
        return first
    stopping.pause(early)
    second = work_a_slice(queue)
    return Slice(first.done + second.done, second.more)
