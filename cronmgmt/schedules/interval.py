"""Every so often from a fixed start -> instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cronmgmt.errors import InvalidSchedule
from cronmgmt.schedules.base import Schedule
from cronmgmt.schedules.durations import parse_duration, say_duration
from cronmgmt.schedules.instants import LATEST, SECOND, ceil, is_aware
from cronmgmt.schedules.wording import Phrase

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST = timedelta(days=3650)


@dataclass(frozen=True, slots=True, init=False)
class Interval(Schedule):
    """Every so often, counted from a fixed start: a late run delays no other."""

    every: timedelta
    start: datetime = EPOCH

    def __init__(self, every: timedelta | str, start: datetime = EPOCH) -> None:
        # By hand, because "30s" and 30 seconds are to be the same value.
        object.__setattr__(self, "every", _period(every))
        object.__setattr__(self, "start", _start(start))

    def first_from(self, second: datetime) -> datetime | None:
        if second <= self.start:
            return self.start
        periods = -((self.start - second) // self.every)
        if second > LATEST - self.every:
            return None  # The calendar ends here.
        return self.start + periods * self.every

    def last_until(self, second: datetime) -> datetime | None:
        if second < self.start:
            return None
        return self.start + (second - self.start) // self.every * self.every

    def count(self, first: datetime, last: datetime) -> int:
        return self._count_until(last) - self._count_until(first - SECOND)

    def words(self) -> list[Phrase]:
        return [
            Phrase(
                "interval",
                {
                    "duration": say_duration(self.every),
                    "seconds": int(self.every.total_seconds()),
                },
            )
        ]

    def _count_until(self, second: datetime) -> int:
        if second < self.start:
            return 0
        return (second - self.start) // self.every + 1


def _period(every: timedelta | str) -> timedelta:
    period = parse_duration(every) if isinstance(every, str) else every
    if not isinstance(period, timedelta):
        raise InvalidSchedule("every", every, "write a duration, such as 30s or 1h30m")
    if not SECOND <= period <= LONGEST:
        raise InvalidSchedule("every", every, "at least a second, at most ten years")
    if period % SECOND:
        raise InvalidSchedule("every", every, "whole seconds only")
    return period


def _start(start: datetime) -> datetime:
    if not is_aware(start):
        raise InvalidSchedule("start", start, "a moment with a time zone is needed")
    return ceil(start)
