"""A schedule × coming clock changes -> what they will do to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from cronmgmt.schedules.base import Schedule
from cronmgmt.schedules.bounded import Bounded
from cronmgmt.schedules.cron import Cron
from cronmgmt.schedules.daylight import CORRECTION
from cronmgmt.schedules.instants import ceil, floor
from cronmgmt.schedules.opendays import OpenDays
from cronmgmt.schedules.walls import Walls
from cronmgmt.schedules.zones import NONE, SECOND, Span, span_at

MINUTE = timedelta(minutes=1)

KEYS = {  # (a gap and not an overlap, runs once)
    (True, True): "gap.late",
    (True, False): "gap.skipped",
    (False, True): "overlap.once",
    (False, False): "overlap.twice",
}
ENGLISH = {
    "gap.late": "{wall} does not exist; runs {runs}",
    "gap.late.many": "{wall} to {last} do not exist; runs once, {runs}",
    "gap.skipped": "{wall} does not exist; does not run",
    "gap.skipped.many": "{wall} to {last} do not exist; {count} runs are left out",
    "overlap.once": "{wall} happens twice; runs once, the first time",
    "overlap.once.many": "{wall} to {last} happen twice; run once, the first time",
    "overlap.twice": "{wall} happens twice; runs both times",
    "overlap.twice.many": "{wall} to {last} happen twice; run both times",
}


@dataclass(frozen=True, slots=True)
class Note:
    """What one clock change does to a schedule; ``str`` says it in English."""

    date: date
    key: str
    values: Mapping[str, str | int]

    def __str__(self) -> str:
        text = ENGLISH[self.key].format_map(self.values)
        return f"{self.date.day} {self.date:%B %Y}: {text}"


def clock_notes(
    schedule: Schedule, first: datetime, last: datetime, limit: int = 10
) -> list[Note]:
    """Return what clock changes from ``first`` to ``last`` do to ``schedule``.

    Only what a person could trip over: a job that runs every hour or every five
    minutes all day goes on doing so, and has no notes.
    """
    start, end = ceil(first), floor(last)
    closed: set[date] = set()
    while isinstance(schedule, Bounded | OpenDays):
        if isinstance(schedule, Bounded):
            start, end = max(start, schedule.first), min(end, schedule.last)
        else:
            closed.update(day for day, _ in schedule.days)
        schedule = schedule.schedule
    if not isinstance(schedule, Cron):
        return []
    changes = _changes(schedule.timezone, start, end)
    notes = (_note(span, schedule.walls) for span in changes)
    wanted = (note for note in notes if note and note.date not in closed)
    return list(islice(wanted, limit))


def _changes(zone: str, first: datetime, last: datetime) -> Iterator[Span]:
    """Yield the spans that begin, from ``first`` to ``last``, with a clock change."""
    moment = first.replace(tzinfo=None)
    while moment <= last.replace(tzinfo=None):
        span = span_at(zone, moment)
        if span.jump and span.start >= moment:
            yield span
        moment = span.end


def _note(span: Span, walls: Walls) -> Note | None:
    first, end = sorted((span.opens, span.opens - span.jump))
    wall, last = walls.at_or_after(first), walls.at_or_before(end - SECOND)
    if wall is None or last is None or wall > last:
        return None
    once = walls.fixed and abs(span.jump) < CORRECTION
    if not once and _goes_on(walls, span.jump):
        return None
    values: dict[str, str | int] = {
        "wall": _clock(wall),
        "last": _clock(last),
        "count": walls.count(first, end),
        "runs": _clock(span.opens),
    }
    key = KEYS[span.jump > NONE, once]
    return Note(wall.date(), key if wall == last else f"{key}.many", values)


def _goes_on(walls: Walls, jump: timedelta) -> bool:
    """Tell whether the rhythm is the same before and after the clocks are moved."""
    minutes = walls.times.minutes
    shifted = {(minute + jump // MINUTE) % 60 for minute in minutes}
    return len(walls.times.hours) == 24 and shifted == set(minutes)


def _clock(wall: datetime) -> str:
    return f"{wall:%H:%M:%S}" if wall.second else f"{wall:%H:%M}"
