"""Day-of-month, month and day-of-week -> the days that match."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import isleap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date

Shape = tuple[int, int]
"""Weekday of the first and number of days: all a day rule can see of a month."""

LENGTHS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """The matching days of every month, worked out once per shape of month."""

    months: frozenset[int]
    table: Mapping[Shape, tuple[int, ...]]

    @classmethod
    def matching(cls, months: frozenset[int], match: Callable[[date], bool]) -> Days:
        return cls(months, {shape: _days(shape, match) for shape in SHAPES})

    def ever(self) -> bool:
        """Tell whether any month, in any year, has a matching day."""
        lengths = {LENGTHS[month] for month in self.months}
        if 2 in self.months:
            lengths.add(29)
        return any(
            days for (_, length), days in self.table.items() if length in lengths
        )

    def of_month(self, year: int, month: int) -> tuple[int, ...]:
        if month not in self.months:
            return ()
        return self.table[shape_of(year, month)]

    def has(self, day: date) -> bool:
        return day.day in self.of_month(day.year, day.month)

    def at_or_after(self, day: date) -> date | None:
        year, month = day.year, day.month
        days = self.of_month(year, month)
        index = bisect_left(days, day.day)
        while index == len(days):
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
            if year > MAXYEAR:
                return None
            days, index = self.of_month(year, month), 0
        return date(year, month, days[index])

    def at_or_before(self, day: date) -> date | None:
        year, month = day.year, day.month
        days = self.of_month(year, month)
        index = bisect_right(days, day.day)
        while index == 0:
            year, month = (year, month - 1) if month > 1 else (year - 1, 12)
            if year < MINYEAR:
                return None
            days = self.of_month(year, month)
            index = len(days)
        return date(year, month, days[index - 1])

    def count(self, first: date, end: date) -> int:
        """Count the matching days from ``first`` up to, not including, ``end``."""
        total = bisect_left(self.of_month(end.year, end.month), end.day)
        total -= bisect_left(self.of_month(first.year, first.month), first.day)
        year, month = first.year, first.month
        while (year, month) < (end.year, end.month):
            total += len(self.of_month(year, month))
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        return total


def shape_of(year: int, month: int) -> Shape:
    length = 29 if month == 2 and isleap(year) else LENGTHS[month]
    return date(year, month, 1).weekday(), length


def _months_of_every_shape() -> dict[Shape, date]:
    # 28 years hold every leap rule and weekday there is.
    years = range(2000, 2028)
    return {
        shape_of(year, month): date(year, month, 1)
        for year in years
        for month in range(1, 13)
    }


SHAPES = _months_of_every_shape()


def _days(shape: Shape, match: Callable[[date], bool]) -> tuple[int, ...]:
    first = SHAPES[shape]
    days = range(1, shape[1] + 1)
    return tuple(day for day in days if match(first.replace(day=day)))
