"""Hours, minutes and seconds -> the times of day that match."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """Every combination of an hour, a minute and a second; each sorted, none empty."""

    hours: tuple[int, ...]
    minutes: tuple[int, ...]
    seconds: tuple[int, ...]

    @property
    def per_day(self) -> int:
        return len(self.hours) * len(self.minutes) * len(self.seconds)

    @property
    def first(self) -> time:
        return time(self.hours[0], self.minutes[0], self.seconds[0])

    @property
    def last(self) -> time:
        return time(self.hours[-1], self.minutes[-1], self.seconds[-1])

    def at_or_after(self, clock: time) -> time | None:
        if clock.hour in self.hours:
            if clock.minute in self.minutes:
                second = _ceil(self.seconds, clock.second)
                if second is not None:
                    return time(clock.hour, clock.minute, second)
            minute = _ceil(self.minutes, clock.minute + 1)
            if minute is not None:
                return time(clock.hour, minute, self.seconds[0])
        hour = _ceil(self.hours, clock.hour + 1)
        if hour is None:
            return None
        return time(hour, self.minutes[0], self.seconds[0])

    def at_or_before(self, clock: time) -> time | None:
        if clock.hour in self.hours:
            if clock.minute in self.minutes:
                second = _floor(self.seconds, clock.second)
                if second is not None:
                    return time(clock.hour, clock.minute, second)
            minute = _floor(self.minutes, clock.minute - 1)
            if minute is not None:
                return time(clock.hour, minute, self.seconds[-1])
        hour = _floor(self.hours, clock.hour - 1)
        if hour is None:
            return None
        return time(hour, self.minutes[-1], self.seconds[-1])

    def count_before(self, clock: time) -> int:
        """Count the matching times of day earlier than ``clock``."""
        hours = bisect_left(self.hours, clock.hour)
        total = hours * len(self.minutes) * len(self.seconds)
        if clock.hour in self.hours:
            total += bisect_left(self.minutes, clock.minute) * len(self.seconds)
            if clock.minute in self.minutes:
                total += bisect_left(self.seconds, clock.second)
        return total


def _ceil(values: tuple[int, ...], value: int) -> int | None:
    index = bisect_left(values, value)
    return values[index] if index < len(values) else None


def _floor(values: tuple[int, ...], value: int) -> int | None:
    index = bisect_right(values, value)
    return values[index - 1] if index else None
