"""``15 7 * * MON-FRI`` in a time zone -> instants."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cronmgmt.errors import InvalidSchedule
from cronmgmt.schedules.base import Schedule
from cronmgmt.schedules.daylight import count_in, first_in, last_in
from cronmgmt.schedules.explanation import explain
from cronmgmt.schedules.expression import parse, plain_parts
from cronmgmt.schedules.instants import EARLIEST, LATEST
from cronmgmt.schedules.walls import Walls
from cronmgmt.schedules.wording import Phrase
from cronmgmt.schedules.zones import SECOND, load_zone, span_at

BEGINNING = EARLIEST.replace(tzinfo=None)
END = LATEST.replace(tzinfo=None)

# Further than any clock was ever moved: a wall time this far away is not in reach.
MARGIN = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Cron(Schedule):
    """Five fields as in crontab(5), or six with the seconds first.

    ``key``, usually the job's name, decides where an ``H`` falls.
    """

    expression: str
    timezone: str = "UTC"
    key: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        for name in ("expression", "key"):
            if not isinstance(getattr(self, name), str):
                raise InvalidSchedule(name, getattr(self, name), "it must be text")
        parse(self.expression, self.key)
        load_zone(self.timezone)

    @property
    def walls(self) -> Walls:
        return parse(self.expression, self.key)

    def first_from(self, second: datetime) -> datetime | None:
        walls, moment = self.walls, second.replace(tzinfo=None)
        while moment <= END:
            span = span_at(self.timezone, moment)
            found = first_in(span, walls, moment)
            if found:
                return found.replace(tzinfo=UTC)
            # Do not walk through years of spans in which nothing can match.
            wall = walls.at_or_after(span.closes - MARGIN)
            if wall is None:
                break
            moment = max(span.end, wall - MARGIN)
        return None

    def last_until(self, second: datetime) -> datetime | None:
        walls, moment = self.walls, second.replace(tzinfo=None)
        while moment >= BEGINNING:
            span = span_at(self.timezone, moment)
            found = last_in(span, walls, moment)
            if found:
                return found.replace(tzinfo=UTC)
            wall = walls.at_or_before(span.opens + MARGIN)
            if wall is None:
                break
            moment = min(span.start - SECOND, wall + MARGIN)
        return None

    def count(self, first: datetime, last: datetime) -> int:
        walls, total = self.walls, 0
        moment, end = first.replace(tzinfo=None), last.replace(tzinfo=None) + SECOND
        while moment < end:
            span = span_at(self.timezone, moment)
            total += count_in(span, walls, moment, end)
            moment = span.end
        return total

    def words(self) -> list[Phrase]:
        parts = plain_parts(self.expression, self.key)
        return [explain(parts), Phrase("zone", {"timezone": self.timezone})]
