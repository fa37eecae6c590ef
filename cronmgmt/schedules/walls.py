"""Matching days × matching times -> wall times, as a clock on the wall shows them.

Wall times are naive on purpose: which instant they are, if any, is for ``daylight``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cronmgmt.schedules.days import Days
from cronmgmt.schedules.times import Times

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, eq=False)
class Walls:
    days: Days
    times: Times
    fixed: bool
    """Fixed times of day, not "every …": clock changes treat the two differently."""

    def at_or_after(self, wall: datetime) -> datetime | None:
        today = wall.date()
        day = self.days.at_or_after(today)
        if day == today:
            clock = self.times.at_or_after(wall.time())
            if clock is not None:
                return datetime.combine(today, clock)
            day = self.days.at_or_after(today + DAY)
        return datetime.combine(day, self.times.first) if day else None

    def at_or_before(self, wall: datetime) -> datetime | None:
        today = wall.date()
        day = self.days.at_or_before(today)
        if day == today:
            clock = self.times.at_or_before(wall.time())
            if clock is not None:
                return datetime.combine(today, clock)
            day = self.days.at_or_before(today - DAY)
        return datetime.combine(day, self.times.last) if day else None

    def count(self, first: datetime, end: datetime) -> int:
        """Count the wall times from ``first`` up to, not including, ``end``."""
        if first >= end:
            return 0
        whole_days = self.days.count(first.date(), end.date())
        total = whole_days * self.times.per_day
        return total + self._count_on_day(end) - self._count_on_day(first)

    def _count_on_day(self, wall: datetime) -> int:
        if not self.days.has(wall.date()):
            return 0
        return self.times.count_before(wall.time())
