"""Occurrences that have come due -> those to run, and those that are too late.

Since ``alive_since`` a scheduler has been looking: what came due from then on runs.
What came due before it was missed, because nobody looked, and the policy decides:

``latest``
    the last missed occurrence runs, unless it is beyond the grace; older ones within
    the grace are superseded by it
``all``
    every missed occurrence within the grace runs, at most the newest ``limit``
``none``
    no missed occurrence runs

An occurrence is beyond the grace when more than ``grace`` has passed since. Without a
grace of its own, a ``latest`` job gives each occurrence the time until the one after,
at least a minute and at most twelve hours; an ``all`` job gives twelve hours, because
the time until the one after has, for all but the last, already passed. A deadline by
which runs must start bounds every grace.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cronmgmt.schedules.base import Schedule
from cronmgmt.schedules.instants import SECOND, ceil, floor

Policy = Literal["latest", "all", "none"]

SHORTEST_GRACE = timedelta(minutes=1)
LONGEST_GRACE = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Occurrences in a row, from ``first`` to ``last``, both included."""

    first: datetime
    last: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Decision:
    """Every occurrence from the first due up to ``next`` is in exactly one of three.

    ``runs`` are oldest first. ``next`` is the first occurrence not decided yet; when
    it is not later than the horizon, there was more than ``limit``: ask again.
    """

    runs: tuple[datetime, ...] = ()
    missed: tuple[Stretch, ...] = ()
    superseded: tuple[Stretch, ...] = ()
    next: datetime | None = None


def decide(
    schedule: Schedule,
    due: datetime,
    horizon: datetime,
    *,
    alive_since: datetime,
    policy: Policy,
    grace: timedelta | None,
    limit: int,
    now: datetime,
    deadline: timedelta | None = None,
) -> Decision:
    """Decide about the occurrences in ``[due, horizon]``; ``limit`` bounds the runs.

    ``deadline`` bounds every grace: what is older would not be started any more.
    """
    if limit < 1:
        raise ValueError(f"At least one run must be allowed, not {limit}.")
    end = max(floor(horizon) + SECOND, ceil(due))
    alive = min(max(ceil(alive_since), ceil(due)), end)
    missed = _Missed(schedule, ceil(due), alive)
    if missed.start == missed.end:
        return _on_time(schedule, alive, end, limit)
    patience = _Patience(schedule, grace, deadline)
    catch_up, in_grace = _catch_up(missed, policy, patience, limit, now)
    oldest = catch_up[0] if catch_up else alive
    present = _on_time(schedule, alive, end, limit - len(catch_up))
    return Decision(
        runs=(*catch_up, *present.runs),
        missed=missed.stretch(missed.start, min(in_grace, oldest)),
        superseded=missed.stretch(in_grace, oldest),
        next=present.next,
    )


def _on_time(schedule: Schedule, start: datetime, end: datetime, room: int) -> Decision:
    """Decide about what came due while a scheduler looked: all of it runs."""
    runs: list[datetime] = []
    following = schedule.first_from(start)
    while following and following < end and len(runs) < room:
        runs.append(following)
        following = schedule.first_from(following + SECOND)
    return Decision(runs=tuple(runs), next=following)


@dataclass(frozen=True, slots=True)
class _Missed:
    """The occurrences from ``start`` up to, not including, ``end``."""

    schedule: Schedule
    start: datetime
    end: datetime

    def since(self, moment: datetime) -> datetime:
        return max(self.start, ceil(moment))

    def newest(self, since: datetime, limit: int) -> list[datetime]:
        """Return the last ``limit`` occurrences since then, oldest first."""
        found: list[datetime] = []
        occurrence = self.schedule.last_until(self.end - SECOND)
        while occurrence and occurrence >= since and len(found) < limit:
            found.append(occurrence)
            occurrence = self.schedule.last_until(occurrence - SECOND)
        return found[::-1]

    def stretch(self, first: datetime, end: datetime) -> tuple[Stretch, ...]:
        """Return what lies from ``first`` up to ``end`` as a stretch, or nothing."""
        start = self.schedule.first_from(first)
        stop = self.schedule.last_until(end - SECOND)
        if start is None or stop is None or stop < start:
            return ()
        return (Stretch(start, stop, self.schedule.count(start, stop)),)


@dataclass(frozen=True, slots=True)
class _Patience:
    """How long after it was due an occurrence may still run."""

    schedule: Schedule
    given: timedelta | None
    deadline: timedelta | None

    def grace(self, otherwise: timedelta) -> timedelta:
        grace = otherwise if self.given is None else self.given
        return grace if self.deadline is None else min(grace, self.deadline)

    def with_one(self, occurrence: datetime) -> timedelta:
        """Return the grace of one; without any given it has the time up to the next."""
        following = self.schedule.next_after(occurrence)
        if following is None:
            return self.grace(LONGEST_GRACE)
        interval = max(following - occurrence, SHORTEST_GRACE)
        return self.grace(min(interval, LONGEST_GRACE))


def _catch_up(
    missed: _Missed,
    policy: Policy,
    patience: _Patience,
    limit: int,
    now: datetime,
) -> tuple[list[datetime], datetime]:
    """Return which missed occurrences run, and since when they are in grace."""
    if policy == "none":
        return [], missed.end
    if policy == "all":
        in_grace = missed.since(now - patience.grace(LONGEST_GRACE))
        return missed.newest(in_grace, limit), missed.end
    latest = missed.newest(missed.start, 1)
    if not latest or now - latest[0] > patience.with_one(latest[0]):
        return [], missed.end
    return latest, missed.since(now - patience.grace(SHORTEST_GRACE))
