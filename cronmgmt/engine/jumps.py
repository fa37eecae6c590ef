"""The database's clock is set forward or back -> leases and due work are put right.

Every instant of the engine is read from that clock, so a step of it is no time that
has passed: nobody fell silent, and nothing that could start has to wait for it again.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from cronmgmt import clock
from cronmgmt.clock import sql_now
from cronmgmt.engine.leases import lease
from cronmgmt.engine.transactions import in_transaction
from cronmgmt.models import JobRun, Status

logger = logging.getLogger("cronmgmt.engine")

UNNOTICED = 6
"""A jump by less than this part of a lease is none: a living worker's lease lasts for
two thirds of it at the least."""

FAR = 10
"""At its first look a node, which cannot know whether the clock jumped, takes leases
for wrong that are so many times too long."""


class Jumps:
    """Compares the database's clock with this process's own, which never jumps."""

    def __init__(self) -> None:
        self._seen: tuple[datetime, float] | None = None
        self._distrusted_until = float("-inf")

    def leases_tell(self) -> bool:
        """Return whether a lease that is over says that its owner is gone.

        Not when the clock was just set forward: the living extend theirs within less
        than a lease.
        """
        return time.monotonic() >= self._distrusted_until

    def see(self, now: datetime, asked: float) -> timedelta:
        """Take note of what the clock showed, and put right what a jump has broken.

        ``asked`` is when it was asked, by the monotonic clock. Returns the jump: zero
        if there was none.
        """
        answered = time.monotonic()
        if self._seen is None:
            shorten_leases(beyond=lease() * FAR)
            jump = timedelta()
        else:
            jump = _jump(self._seen, now, asked, answered)
        if jump:
            logger.warning("The database's clock jumped by %s.", jump)
        if jump > timedelta():
            self._distrusted_until = answered + lease().total_seconds()
        elif jump:
            _set_back(now - jump)
        # Last: if the database fails, the next look sees the jump again.
        self._seen = now, answered
        return jump


def _jump(
    before: tuple[datetime, float], now: datetime, asked: float, answered: float
) -> timedelta:
    """Return by how much ``now`` is off; it was read between ``asked`` and ``answered``."""
    shown, at = before
    unnoticed = lease() / UNNOTICED
    earliest = clock.after(shown, asked - at)
    latest = clock.after(shown, answered - at)
    if now > latest + unnoticed:
        return now - latest
    if now < earliest - unnoticed:
        return now - earliest
    return timedelta()


def _set_back(shown: datetime) -> None:
    """What was available until ``shown`` stays so, and the dead keep nothing for long."""
    shorten_leases(beyond=lease())
    waiting = JobRun.objects.filter(
        status__in=(Status.QUEUED, Status.WAITING),
        available_at__lte=shown,
        available_at__gt=sql_now(),
    )
    in_transaction(lambda: waiting.update(available_at=sql_now()))


def shorten_leases(beyond: timedelta) -> None:
    """Let no lease that ends later last longer than one; the living extend theirs."""
    far = JobRun.objects.filter(lease_expires_at__gt=sql_now(beyond))
    if far.exists():
        in_transaction(lambda: far.update(lease_expires_at=sql_now(lease())))
