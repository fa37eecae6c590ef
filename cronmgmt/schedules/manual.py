"""No instants at all: the job runs when somebody triggers it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cronmgmt.schedules.base import Schedule
from cronmgmt.schedules.wording import Phrase


@dataclass(frozen=True, slots=True)
class Manual(Schedule):
    """Never due by itself."""

    def first_from(self, second: datetime) -> datetime | None:
        return None

    def last_until(self, second: datetime) -> datetime | None:
        return None

    def count(self, first: datetime, last: datetime) -> int:
        return 0

    def words(self) -> list[Phrase]:
        return [Phrase("manual")]
