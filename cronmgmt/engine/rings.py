"""Committed work -> a doorbell, so that a worker looks at once.

A ring carries no run, only "there is work on queue X": it may be lost, doubled or
late without harm, and never makes a committed change look failed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from importlib import import_module
from types import ModuleType

from django.apps import apps

from cronmgmt.engine.transactions import after_commit

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


def ring_by(own: Ring | None) -> None:
    """Ring by ``own`` from now on, in this process and those it forks.

    A node whose workers are its own wakes them itself. Rings for django-q2 would pile
    up in its broker where no cluster takes them.
    """
    global _own
    _own = own


def ring(queue: str, runs: int = 1) -> bool:
    """Tell the workers of ``queue`` that there is work.

    A dead broker is logged; False says that nobody can have heard.
    """
    try:
        if _own is not None:
            _own(queue, runs)
        elif bell := doorbell():
            bell.ring(queue, runs)
    except Exception:
        # The work is safe in its row; the backlog check rings again.
        logger.warning("Could not ring for queue %s", queue, exc_info=True)
        return False
    return True


def ring_on_commit(counts: Mapping[str, int]) -> None:
    """Ring for each queue once the current transaction is committed."""
    for queue, runs in counts.items():
        after_commit(partial(ring, queue, runs))


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
