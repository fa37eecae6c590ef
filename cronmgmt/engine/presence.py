"""A node's row: that it is there, and since when some scheduler has been looking."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any

from cronmgmt import clock
from cronmgmt.clock import sql_now
from cronmgmt.conf import VERSION, conf
from cronmgmt.engine import workers
from cronmgmt.models import Node, database

CONTINUITY = timedelta(seconds=30)
"""A pause of all schedulers up to this is a deploy, not a downtime."""


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
            self._alive_since = self._others_alive_since(now)
        self._looked = now
        return self._alive_since

    def _others_alive_since(self, now: datetime) -> datetime:
        others = Node.objects.filter(
            scheduling_since__isnull=False,
            seen_at__gte=now - CONTINUITY,
        ).exclude(name=self.name)
        since = others.values_list("scheduling_since", flat=True)
        return since.order_by("scheduling_since").first() or now

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
