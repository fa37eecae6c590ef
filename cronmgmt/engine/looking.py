"""What a node asks the database about while nothing happens, in as few words as it can.

One statement a second by hand, which costs a fifth of what the ORM makes of it; and
one every few seconds that says whether a closer look is worth it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connections
from django.db.models import Exists, QuerySet

from cronmgmt.clock import NOW_TEXT, as_instant, fixed
from cronmgmt.engine import locks
from cronmgmt.models import JobRun, Node, Status, database
from cronmgmt.models.compiled import Slot
from cronmgmt.models.selecting import select

LOOKAHEAD = timedelta(seconds=1)
"""Runs are made this much before they are due, so that the broker's own delay does
not make them late; the worker waits for the instant."""

LOOK = """
SELECT {now},
    (SELECT MIN(next_run_at) FROM cronmgmt_scheduledjob),
    {expired}
"""
EXPIRED = "EXISTS (SELECT 1 FROM cronmgmt_jobrun WHERE lease_expires_at < {now})"


class Look(NamedTuple):
    """The present, when the next job is due, and whether some lease is over.

    ``next_due`` is None without any live job.
    """

    now: datetime
    next_due: datetime | None
    expired: bool = False

    def due(self) -> bool:
        """Return whether there is something to decide now."""
        return self.next_due is not None and self.next_due <= self.now + LOOKAHEAD


def look(*, at_leases: bool = False) -> Look:
    """Ask what time it is, when the next job is due and, if told so, for lost runs."""
    connection = connections[database()]
    text, values = NOW_TEXT[connection.vendor], None
    if moment := fixed():
        text = "%s"
        values = [connection.ops.adapt_datetimefield_value(moment)] * (1 + at_leases)
    expired = EXPIRED if at_leases else "0"
    with connection.cursor() as cursor:
        cursor.execute(
            LOOK.replace("{expired}", expired).replace("{now}", text), values
        )
        now, next_due, is_expired = cursor.fetchone()
    if next_due is not None:
        next_due = as_instant(next_due, connection.timezone)
    return Look(moment or as_instant(now), next_due, bool(is_expired))


class Around(NamedTuple):
    """What may want a closer look."""

    queued: bool
    parked: bool
    stale_locks: bool


def look_around(node: str) -> Around:
    """Return what a node should see to; everything, if it has no row yet."""
    for row in select(_around, name=node):
        return Around(row.queued, row.parked, row.stale_locks)
    return Around(queued=True, parked=True, stale_locks=True)


def _around() -> QuerySet[Any]:
    ours = Node.objects.filter(name=Slot(Node, "name")).only("pk")
    return ours.annotate(
        queued=Exists(JobRun.objects.filter(status=Status.QUEUED)),
        parked=Exists(JobRun.objects.filter(waits_for__isnull=False)),
        stale_locks=Exists(locks.stale()),
    )
