"""A schedule × days on which it is not to run -> what is left, or moved.

A day is closed from midnight to midnight in the job's time zone. An occurrence on a
closed day is left out; or it moves to the same time on the next open day, where those
that come together are one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby

from cronmgmt.errors import InvalidSchedule
from cronmgmt.schedules.base import Schedule
from cronmgmt.schedules.bounded import Bounded
from cronmgmt.schedules.instants import SECOND, ceil, floor
from cronmgmt.schedules.misfire import Stretch
from cronmgmt.schedules.wording import Phrase
from cronmgmt.schedules.zones import instant_of, load_zone

DAY = timedelta(days=1)
MOST_MOVED = 2000
"""So many occurrences may move to one day: who has more means to leave them out."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Closed days in a row: the instants from ``start`` up to ``end``."""

    start: datetime
    end: datetime
    opens: date


@dataclass(frozen=True, slots=True)
class OpenDays(Schedule):
    """What ``schedule`` has on days that ``calendar`` does not close.

    ``days`` are sorted; each has a word on why it is closed.
    """

    schedule: Schedule
    calendar: str
    days: tuple[tuple[date, str], ...]
    timezone: str = "UTC"
    moves: bool = False

    def __post_init__(self) -> None:
        load_zone(self.timezone)
        if self.moves:
            _refuse_crowds(self.schedule, self.days, self.timezone)

    @property
    def closed(self) -> tuple[Closed, ...]:
        return _closed(self.days, self.timezone)

    def first_from(self, second: datetime) -> datetime | None:
        found = self.schedule.first_from(second)
        while found and (closed := self._closed_at(found)):
            found = self.schedule.first_from(closed.end)
        return min(
            filter(None, (found, self._first_moved(second, found))), default=None
        )

    def last_until(self, second: datetime) -> datetime | None:
        found = self.schedule.last_until(second)
        while found and (closed := self._closed_at(found)):
            found = self.schedule.last_until(closed.start - SECOND)
        return max(filter(None, (found, self._last_moved(second, found))), default=None)

    def count(self, first: datetime, last: datetime) -> int:
        total = self.schedule.count(first, last)
        for closed in self._closed_within(first - 2 * DAY, last):
            start, end = max(first, closed.start), min(last, closed.end - SECOND)
            if start <= end:
                total -= self.schedule.count(start, end)
            total += sum(first <= moved <= last for moved in self._moved(closed))
        return total

    def words(self) -> list[Phrase]:
        key = "closed.next" if self.moves else "closed.skip"
        return [*self.schedule.words(), Phrase(key, {"calendar": self.calendar})]

    def absent(self, first: datetime, last: datetime) -> Iterator[tuple[Stretch, str]]:
        """Yield what closed days take out of ``[first, last]``, with the reason."""
        for (start, end), why in _spans(self.days, self.timezone):
            begin, finish = max(ceil(first), start), min(floor(last), end - SECOND)
            if begin > finish:
                continue
            one = self.schedule.first_from(begin)
            other = self.schedule.last_until(finish)
            if one and other and one <= other:
                count = self.schedule.count(one, other)
                yield Stretch(one, other, count), self._sentence(why)

    def _sentence(self, why: str) -> str:
        moved = ", moved to the next open day" if self.moves else ""
        return f"{why} (calendar {self.calendar}){moved}."

    def _closed_at(self, second: datetime) -> Closed | None:
        closed = self.closed
        index = bisect_right(closed, second, key=_start_of) - 1
        return closed[index] if index >= 0 and second < closed[index].end else None

    def _closed_within(self, first: datetime, last: datetime) -> tuple[Closed, ...]:
        closed = self.closed
        low = bisect_right(closed, first, key=_end_of)
        return closed[low : bisect_right(closed, last, key=_start_of)]

    def _moved(self, closed: Closed) -> tuple[datetime, ...]:
        return _moved(self.schedule, closed, self.timezone) if self.moves else ()

    def _first_moved(self, second: datetime, limit: datetime | None) -> datetime | None:
        if not self.moves:
            return None
        for closed in self.closed[self._index_after(second - 2 * DAY) :]:
            if limit and closed.end > limit:
                break
            later = (each for each in self._moved(closed) if each >= second)
            if found := next(later, None):
                return found
        return None

    def _last_moved(self, second: datetime, limit: datetime | None) -> datetime | None:
        if not self.moves:
            return None
        for closed in reversed(self.closed[: self._index_after(second)]):
            if limit and closed.end + 2 * DAY < limit:
                break
            earlier = [each for each in self._moved(closed) if each <= second]
            if earlier:
                return earlier[-1]
        return None

    def _index_after(self, second: datetime) -> int:
        return bisect_right(self.closed, second, key=_end_of)


def absences(
    schedule: Schedule, first: datetime, last: datetime
) -> list[tuple[Stretch, str]]:
    """Return what closed days take out of ``[first, last]``, each with its reason."""
    while isinstance(schedule, Bounded):
        first, last = max(first, schedule.first), min(last, schedule.last)
        schedule = schedule.schedule
    if not isinstance(schedule, OpenDays):
        return []
    return list(schedule.absent(first, last))


def _start_of(closed: Closed) -> datetime:
    return closed.start


def _end_of(closed: Closed) -> datetime:
    return closed.end


@lru_cache(maxsize=512)
def _closed(days: tuple[tuple[date, str], ...], zone: str) -> tuple[Closed, ...]:
    """Return the closed days, those in a row as one."""
    return tuple(
        Closed(_midnight(first, zone), _midnight(last + DAY, zone), last + DAY)
        for first, last in _rows([day for day, _ in days])
    )


@lru_cache(maxsize=512)
def _spans(
    days: tuple[tuple[date, str], ...], zone: str
) -> tuple[tuple[tuple[datetime, datetime], str], ...]:
    """Return the closed days, those in a row for one reason as one."""
    found = []
    for why, group in groupby(days, key=lambda each: each[1]):
        for first, last in _rows([day for day, _ in group]):
            span = (_midnight(first, zone), _midnight(last + DAY, zone))
            found.append((span, why))
    return tuple(found)


def _rows(days: list[date]) -> Iterator[tuple[date, date]]:
    """Yield the first and the last of days in a row."""
    for index, day in enumerate(days):
        if index == 0 or days[index - 1] + DAY != day:
            first = day
        if index + 1 == len(days) or day + DAY != days[index + 1]:
            yield first, day


def _midnight(day: date, zone: str) -> datetime:
    return instant_of(datetime.combine(day, time()), zone)


@lru_cache(maxsize=2048)
def _moved(schedule: Schedule, closed: Closed, zone: str) -> tuple[datetime, ...]:
    """Return where the occurrences of closed days move to, if nothing is there yet."""
    place = load_zone(zone)
    left_out = schedule.between(closed.start, closed.end - SECOND, MOST_MOVED)
    walls = {each.astimezone(place).time() for each in left_out}
    moved = {instant_of(datetime.combine(closed.opens, wall), zone) for wall in walls}
    return tuple(sorted(each for each in moved if not schedule.count(each, each)))


@lru_cache(maxsize=512)
def _refuse_crowds(
    schedule: Schedule, days: tuple[tuple[date, str], ...], zone: str
) -> None:
    for closed in _closed(days, zone):
        count = schedule.count(closed.start, closed.end - SECOND)
        if count > MOST_MOVED:
            raise InvalidSchedule(
                "on_holiday",
                "next",
                "{count} runs would move to {day}; leave them out: skip",
                count=count,
                day=closed.opens,
            )
