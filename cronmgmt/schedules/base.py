"""A question about any moment -> the same question about whole seconds in UTC."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from cronmgmt.schedules.instants import EARLIEST, LATEST, SECOND, ceil, floor
from cronmgmt.schedules.wording import Phrase


class Schedule(ABC):
    """When a job is due. A value: no clock, no state, the same answer every time.

    The four questions take any aware moment. The three that a kind of schedule
    answers itself (``first_from``, ``last_until``, ``count``) take whole seconds in
    UTC and include the seconds they are given.
    """

    __slots__ = ()

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the first occurrence strictly later than ``moment``."""
        second = floor(moment)
        return self.first_from(second + SECOND) if second < LATEST else None

    def previous_before(self, moment: datetime) -> datetime | None:
        """Return the last occurrence strictly earlier than ``moment``."""
        second = ceil(moment)
        return self.last_until(second - SECOND) if second > EARLIEST else None

    def between(self, first: datetime, last: datetime, limit: int) -> list[datetime]:
        """Return the occurrences in ``[first, last]``, the oldest ``limit`` of them."""
        found: list[datetime] = []
        end = floor(last)
        occurrence = self.first_from(ceil(first))
        while occurrence and occurrence <= end and len(found) < limit:
            found.append(occurrence)
            occurrence = self.first_from(occurrence + SECOND)
        return found

    def count_between(self, first: datetime, last: datetime) -> int:
        """Return how many occurrences ``[first, last]`` holds, without listing them."""
        start, end = ceil(first), floor(last)
        return self.count(start, end) if start <= end else 0

    @abstractmethod
    def first_from(self, second: datetime) -> datetime | None:
        """Return the first occurrence at or after ``second``."""

    @abstractmethod
    def last_until(self, second: datetime) -> datetime | None:
        """Return the last occurrence at or before ``second``."""

    @abstractmethod
    def count(self, first: datetime, last: datetime) -> int:
        """Return how many occurrences there are from ``first`` to ``last``."""

    @abstractmethod
    def words(self) -> list[Phrase]:
        """Return the schedule as phrases that an interface can translate."""
