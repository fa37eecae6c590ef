"""One moment -> one instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cronmgmt.errors import InvalidSchedule
from cronmgmt.schedules.base import Schedule
from cronmgmt.schedules.instants import ceil, is_aware
from cronmgmt.schedules.wording import Phrase, moment_values
from cronmgmt.schedules.zones import instant_of, load_zone

LONGEST = 64


@dataclass(frozen=True, slots=True, init=False)
class Once(Schedule):
    """At one moment, and never again; ``timezone`` is the one it is shown in.

    A moment with fractions is rounded up: never earlier than asked for.
    """

    at: datetime
    timezone: str = "UTC"

    def __init__(self, at: datetime | str, timezone: str = "UTC") -> None:
        load_zone(timezone)
        moment = parse_moment(at) if isinstance(at, str) else at
        if not is_aware(moment):
            raise InvalidSchedule(
                "at", at, "a moment with a time zone is needed: 2026-03-01T10:00+01:00"
            )
        if not 1900 <= moment.year <= 9000:
            raise InvalidSchedule("at", at, "a year from 1900 to 9000, please")
        object.__setattr__(self, "at", ceil(moment))
        object.__setattr__(self, "timezone", timezone)

    @classmethod
    def local(cls, text: str, timezone: str) -> Once:
        """Read ``text``; without an offset, it is what clocks in ``timezone`` show."""
        moment = parse_moment(text)
        if not is_aware(moment):
            load_zone(timezone)
            moment = instant_of(moment, timezone)
        return cls(moment, timezone)

    def first_from(self, second: datetime) -> datetime | None:
        return self.at if second <= self.at else None

    def last_until(self, second: datetime) -> datetime | None:
        return self.at if self.at <= second else None

    def count(self, first: datetime, last: datetime) -> int:
        return int(first <= self.at <= last)

    def words(self) -> list[Phrase]:
        return [Phrase("once", moment_values(self.at, self.timezone))]


def parse_moment(text: str) -> datetime:
    """Return the moment that an ISO 8601 text such as ``2026-03-01T10:00`` means."""
    try:
        if not isinstance(text, str) or len(text) > LONGEST or not text.isascii():
            raise ValueError
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidSchedule(
            "at", text, "write a moment as 2026-03-01T10:00 or 2026-03-01T10:00+01:00"
        ) from None
