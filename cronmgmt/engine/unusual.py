"""Does somebody trigger far more than they usually do?"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from cronmgmt import clock
from cronmgmt.actors import Actor
from cronmgmt.clock import sql_now
from cronmgmt.models import Activity, database

TRIGGERING = ("trigger", "rerun", "backfill")
WINDOW = timedelta(minutes=10)
MOST = 10
"""So many in a window are usual for everybody."""
TIMES = 3
"""So many times somebody's own busiest window is unusual."""
MEMORY = timedelta(days=30)
REMEMBERED = 2000
"""So many of somebody's attempts at most are looked at."""


def is_unusual(actor: Actor, action: str) -> bool:
    """Return whether one more attempt of a person to trigger is out of the ordinary.

    It is when it makes more than MOST in ten minutes, and more than TIMES the busiest
    ten minutes that this person had in the thirty days before. Programs of the host
    may trigger as they like. Few rows are read as long as there is no such crowd.
    """
    if action not in TRIGGERING or actor.source == "code":
        return False
    own = Activity.objects.filter(actor=actor.label, action__in=TRIGGERING)
    latest = own.filter(at__gt=sql_now(-WINDOW)).order_by("-at").values_list("id")
    if len(latest[:MOST]) < MOST:
        return False
    now = clock.now(database())
    known = own.filter(at__gt=now - MEMORY).order_by("-at")
    times = list(known.values_list("at", flat=True)[:REMEMBERED])
    before = [at for at in times if at <= now - WINDOW]
    return len(times) - len(before) + 1 > TIMES * busiest(before)


def busiest(times: Iterable[datetime]) -> int:
    """Return how many of the times, latest first, lie in the fullest window."""
    window: deque[datetime] = deque()
    most = 0
    for at in times:
        window.append(at)
        while window[0] - at >= WINDOW:
            window.popleft()
        most = max(most, len(window))
    return most
