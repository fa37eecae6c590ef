"""A time zone's name -> its stretches of constant offset from UTC."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from cronmgmt.errors import InvalidSchedule

NONE = timedelta(0)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)

# Longer than any name in the database, and short enough to look for a near one.
LONGEST_NAME = 64

# These are files, not places: what they mean differs from machine to machine.
NOT_PLACES = frozenset({"localtime", "Factory"})


def load_zone(name: str, field: str = "timezone") -> ZoneInfo:
    """Return the time zone of that name; only names in the database are accepted."""
    if not isinstance(name, str) or not name:
        raise InvalidSchedule(field, name, "write a name such as Europe/Amsterdam")
    if len(name) > LONGEST_NAME or name not in _names():
        raise _unknown(name, field)
    return _load(name)


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` up to ``end``, naive in UTC, local time is ``offset`` ahead.

    ``jump`` is how far the local clock was moved at ``start``; zero when the span
    merely begins a year.
    """

    start: datetime
    end: datetime
    offset: timedelta
    jump: timedelta

    @property
    def opens(self) -> datetime:
        """The first wall time."""
        return self.start + self.offset

    @property
    def closes(self) -> datetime:
        """The wall time that is no longer part of it."""
        return self.end + self.offset


def span_at(zone: str, moment: datetime) -> Span:
    """Return the span that ``moment``, naive in UTC, lies in."""
    starts, spans = _spans(zone, moment.year)
    return spans[bisect_right(starts, moment) - 1]


def instant_of(wall: datetime, zone: str) -> datetime:
    """Return the instant in UTC of a wall time.

    One that happens twice is the first; one that does not exist is the moment the
    clocks have just been moved.
    """
    place = load_zone(zone)
    instant = wall.replace(tzinfo=place, fold=0).astimezone(UTC)
    if instant.astimezone(place).replace(tzinfo=None) == wall.replace(fold=0):
        return instant
    # Read with the offset before the gap, the instant lies after it.
    return span_at(zone, instant.replace(tzinfo=None)).start.replace(tzinfo=UTC)


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones()) - NOT_PLACES


@lru_cache(maxsize=1024)
def _load(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _unknown(name: str, field: str) -> InvalidSchedule:
    if not _names():
        return InvalidSchedule(
            field,
            name,
            "no time zone has that name; this machine has no time zones at all: "
            "pip install tzdata",
        )
    near = get_close_matches(name, _names(), n=1) if len(name) <= LONGEST_NAME else []
    if not near:
        return InvalidSchedule(field, name, "no time zone has that name")
    return InvalidSchedule(
        field, name, "no time zone has that name; did you mean {near}?", near=near[0]
    )


@lru_cache(maxsize=4096)
def _spans(zone: str, year: int) -> tuple[list[datetime], list[Span]]:
    """Return where the spans of a UTC year start, and the spans."""
    place = _load(zone)
    year_start, year_end = datetime(year, 1, 1), datetime(year + 1, 1, 1)
    starts = sorted({year_start, *_changes(place, year_start, year_end)})
    spans = []
    for start, end in zip(starts, [*starts[1:], year_end], strict=True):
        offset = _offset(place, start)
        spans.append(Span(start, end, offset, offset - _offset(place, start - SECOND)))
    return starts, spans


def _changes(place: ZoneInfo, first: datetime, end: datetime) -> list[datetime]:
    """Return the instants from ``first`` up to ``end`` at which the offset changes.

    zoneinfo does not tell its transitions, so look once a day: no zone has ever
    changed twice within four days.
    """
    changes = []
    before = first - SECOND
    while before < end - SECOND:
        after = min(before + DAY, end - SECOND)
        if _offset(place, before) != _offset(place, after):
            changes.append(_change(place, before, after))
        before = after
    return changes


def _change(place: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Halve the time between until the second of the change is known."""
    old = _offset(place, before)
    while after - before > SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if _offset(place, middle) == old:
            before = middle
        else:
            after = middle
    return after


def _offset(place: ZoneInfo, moment: datetime) -> timedelta:
    local = place.fromutc(moment.replace(tzinfo=place))
    return local.utcoffset() or NONE
