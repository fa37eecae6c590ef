"""A node's row: that it is there, and since when some scheduler has been looking.

All ticks share one row, which tells when the last one came.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from cronmgmt import clock
from cronmgmt.clock import sql_now
from cronmgmt.conf import VERSION, conf
from cronmgmt.engine import workers
from cronmgmt.models import TICK, Node, database

CONTINUITY = timedelta(seconds=30)
"""A pause of all schedulers up to this is a deploy, not a downtime."""

TICKS_CONTINUITY = timedelta(minutes=3)
"""Ticks that come this soon after each other are no downtime either."""


class Presence:
    """Keeps this node's row; it is made anew should somebody delete it."""

    def __init__(self, *, schedules: bool) -> None:
        self.name = workers.this()
        self._schedules = schedules
        self._started: datetime | None = None
        self._looked: datetime | None = None
        self._alive_since: datetime | None = None

    def alive_since(self, now: datetime) -> datetime:
        """Return since when some scheduler has looked without a break until ``now``.

        Asks the other nodes at the first look, and after a break of our own.
        """
        broken = self._looked is None or now - self._looked > CONTINUITY
        if broken or self._alive_since is None:
            self._alive_since = looking_since(now, other_than=self.name)
        self._looked = now
        return self._alive_since

    def jumped(self, by: timedelta, now: datetime) -> None:
        """Take note of a jump of the clock to ``now``.

        A long one forward is a stretch in which nobody looked, whatever other nodes
        have yet to write; none may have begun to look later than now.
        """
        if self._alive_since is not None and by > CONTINUITY:
            self._alive_since = self._looked = now
        elif self._alive_since is not None:
            self._alive_since = min(self._alive_since, now)

    def report(self, workers_up: int) -> None:
        """Write that this node is there."""
        changes = {
            "workers": workers_up,
            "seen_at": sql_now(),
            "scheduling_since": self._alive_since if self._schedules else None,
            "stopped_at": None,
        }
        if not Node.objects.filter(name=self.name).update(**changes):
            self._begin(changes)

    def _begin(self, changes: dict[str, Any]) -> None:
        self._started = self._started or clock.now(database())
        Node.objects.create(
            name=self.name,
            instance=conf.instance,
            pid=os.getpid(),
            version=VERSION,
            started_at=self._started,
            **changes,
        )

    def leave(self) -> None:
        """Write that this node has stopped in order."""
        now = clock.now(database())
        Node.objects.filter(name=self.name).update(seen_at=now, stopped_at=now)


def looking_since(now: datetime, *, other_than: str = "") -> datetime:
    """Return since when nodes and ticks have looked without a break until ``now``."""
    ticks = Q(name=TICK, seen_at__gte=now - TICKS_CONTINUITY)
    lately = ticks | Q(seen_at__gte=now - CONTINUITY)
    # What was seen long after now was seen before the clock was set back.
    there = Node.objects.filter(
        lately, scheduling_since__isnull=False, seen_at__lte=now + CONTINUITY
    )
    since = there.exclude(name=other_than).values_list("scheduling_since", flat=True)
    return min(since.order_by("scheduling_since").first() or now, now)


def note_tick(now: datetime, since: datetime) -> None:
    """Write that a tick came ``now``, and since when somebody has been looking."""
    changes = {
        "instance": conf.instance,
        "pid": os.getpid(),
        "version": VERSION,
        "seen_at": now,
        "scheduling_since": since,
        "stopped_at": None,
    }
    ticks = Node.objects.filter(name=TICK)
    if ticks.update(**changes):
        return
    try:
        with transaction.atomic(using=database()):
            Node.objects.create(name=TICK, started_at=now, **changes)
    except IntegrityError:
        ticks.update(**changes)  # Another tick came first.


def last_tick() -> datetime | None:
    """Return when the last tick came; None if none ever did."""
    return Node.objects.filter(name=TICK).values_list("seen_at", flat=True).first()


def a_node_hears(now: datetime) -> bool:
    """Return whether a node was there lately: somebody whom a ring would reach."""
    nodes = Node.objects.filter(seen_at__gte=now - 2 * CONTINUITY, stopped_at=None)
    return nodes.exclude(name=TICK).exists()
