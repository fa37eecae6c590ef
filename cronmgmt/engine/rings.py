"""Committed work -> a doorbell, so that a worker looks at once.

A ring carries no run, only "there is work on queue X": it may be lost, doubled or
late without harm, and never makes a committed change look failed.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from importlib import import_module
from types import ModuleType

from django.apps import apps
from django.db import connections, transaction

from cronmgmt.engine.transactions import after_commit
from cronmgmt.models import database

logger = logging.getLogger("cronmgmt.engine")

DOORBELLS = {"django_q": "cronmgmt.engine.cluster.doorbell"}
"""An installed app that brings worker processes, and the module that rings there."""


def doorbell() -> ModuleType | None:
    """Return the doorbell of this site; None where workers only poll."""
    for app, module in DOORBELLS.items():
        if apps.is_installed(app):
            return import_module(module)
    return None


Ring = Callable[[str, int], object]

_own: Ring | None = None


def own() -> Ring | None:
    """Return what rings instead of the site's doorbell, if anything does."""
    return _own


def ring_by(own: Ring | None) -> None:
    """Ring by ``own`` from now on, in this process and those it forks.

    A node whose workers are its own wakes them itself. Rings for django-q2 would pile
    up in its broker where no cluster takes them.
    """
    global _own
    _own = own


LONG = 0.5
"""Seconds; who refuses at once is asked again at once."""

_spared_until = float("-inf")


def ring(queue: str, runs: int = 1) -> bool:
    """Tell the workers of ``queue`` that there is work.

    A dead broker is logged; False says that nobody can have heard. One that let us wait
    in vain is spared for as long again, so that whoever rings has most of his time.
    """
    global _spared_until
    began = time.monotonic()
    if began < _spared_until:
        return False
    try:
        if _own is not None:
            _own(queue, runs)
        elif bell := doorbell():
            bell.ring(queue, runs)
    except Exception:
        # The work is safe in its row; the backlog check rings again.
        logger.warning("Could not ring for queue %s", queue, exc_info=True)
        waited = time.monotonic() - began
        if waited > LONG:
            _spared_until = time.monotonic() + waited
        return False
    return True


def ring_on_commit(counts: Mapping[str, int]) -> None:
    """Ring for each queue once the current transaction is committed."""
    for queue, runs in counts.items():
        after_commit(partial(ring, queue, runs))


LINGER = 0.05
"""A worker that answers a ring looks once more after so many seconds. What is queued
so soon after a ring is therefore found without another."""

LATEST = 4
"""Among so many that wait for the commit, the rings of this transaction are found."""


class _Rings:
    """The rings of one transaction, however many pieces of work it queues."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def __call__(self) -> None:
        for queue, runs in self.counts.items():
            _ring_unless_rung(queue, runs)


def ring_for_work(queue: str, runs: int) -> None:
    """Ring for work that is queued, once the current transaction is committed.

    Often called in one transaction, or in many that follow each other closely, it
    rings a few times only.
    """
    connection = connections[database()]
    rings = None
    if connection.in_atomic_block:
        alive = set(connection.savepoint_ids)
        for savepoints, callback, *_ in connection.run_on_commit[-LATEST:]:
            if isinstance(callback, _Rings) and savepoints == alive:
                rings = callback  # It is undone by the same savepoints as ours.
    if rings is None:
        rings = _Rings()
        rings.counts[queue] = runs
        transaction.on_commit(rings, using=database())
    else:
        rings.counts[queue] += runs


_rung: dict[str, tuple[float, int]] = {}
"""By queue: when this process began to ring, and for how many runs since."""


def _ring_unless_rung(queue: str, runs: int) -> None:
    now = time.monotonic()
    since, count = _rung.get(queue, (float("-inf"), 0))
    if now - since >= LINGER:
        since, count = now, 0
    if count < _enough() and ring(queue, runs):
        _rung[queue] = (since, count + runs)


def _enough() -> float:
    """Return after how many runs within LINGER more rings would only cost.

    As many as there are workers who look once more after LINGER. Workers of our own,
    which are woken through a pipe, do not.
    """
    bell = doorbell() if _own is None else None
    if bell is None or not bell.lingers():
        return float("inf")
    return max(1, int(bell.workers()))


_later: Callable[[str, timedelta], None] | None = None


def hand_on_later(hook: Callable[[str, timedelta], None] | None) -> None:
    """Let ``hook`` hear of work that becomes available after a while.

    The node's parent does: it rings at that time. Elsewhere its backlog check, every
    few seconds, finds such work.
    """
    global _later
    _later = hook


def later_on_commit(queue: str, delay: timedelta) -> None:
    """Have the queue rung when a run that waits for ``delay`` becomes available."""
    if _later is not None:
        after_commit(partial(_later, queue, delay))
