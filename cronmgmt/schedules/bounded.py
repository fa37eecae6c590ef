"""A schedule -> the part of it between two moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cronmgmt.errors import InvalidSchedule
from cronmgmt.schedules.base import Schedule
from cronmgmt.schedules.instants import EARLIEST, LATEST, ceil, floor, is_aware
from cronmgmt.schedules.wording import Phrase, moment_values


@dataclass(frozen=True, slots=True)
class Bounded(Schedule):
    """What ``schedule`` has from ``starts_at`` up to and including ``ends_at``."""

    schedule: Schedule
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        for field in ("starts_at", "ends_at"):
            bound = getattr(self, field)
            if bound is not None and not is_aware(bound):
                raise InvalidSchedule(field, bound, "it needs a time zone")
        if self.starts_at and self.ends_at and self.ends_at < self.starts_at:
            raise InvalidSchedule("ends_at", self.ends_at, "it ends before it starts")

    @property
    def first(self) -> datetime:
        return ceil(self.starts_at) if self.starts_at else EARLIEST

    @property
    def last(self) -> datetime:
        return floor(self.ends_at) if self.ends_at else LATEST

    def first_from(self, second: datetime) -> datetime | None:
        found = self.schedule.first_from(max(second, self.first))
        return found if found and found <= self.last else None

    def last_until(self, second: datetime) -> datetime | None:
        found = self.schedule.last_until(min(second, self.last))
        return found if found and found >= self.first else None

    def count(self, first: datetime, last: datetime) -> int:
        first, last = max(first, self.first), min(last, self.last)
        return self.schedule.count(first, last) if first <= last else 0

    def words(self) -> list[Phrase]:
        phrases = self.schedule.words()
        for key, bound in (("from", self.starts_at), ("until", self.ends_at)):
            if bound:
                phrases.append(Phrase(key, moment_values(bound, self.timezone)))
        return phrases
