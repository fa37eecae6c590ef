"""A schedule -> phrases: message keys with values, and plain English made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from cronmgmt.schedules.zones import load_zone

if TYPE_CHECKING:
    from cronmgmt.schedules.base import Schedule

ENGLISH = {
    "cron.second": "every second",
    "cron.seconds": "every {count} seconds",
    "cron.minute": "every minute",
    "cron.minutes": "every {count} minutes",
    "cron.hour": "every hour on the hour",
    "cron.hourly": "every hour at minute {minute}",
    "cron.daily": "every day at {time}",
    "cron.weekdays": "At {time} on Monday through Friday",
    "cron.weekly": "At {time} on {weekday}",
    "cron.monthly": "At {time} on day {day} of every month",
    "cron.other": "{text}",
    "zone": "({timezone})",
    "interval": "every {duration}",
    "once": "once at {moment} {timezone}",
    "manual": "only when triggered",
    "from": "from {moment} {timezone}",
    "until": "until {moment} {timezone}",
    "closed.skip": "except on the days of calendar {calendar}",
    "closed.next": "on the days of calendar {calendar} moved to the next open day",
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A message key and what goes into its text; an interface may translate it."""

    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return ENGLISH[self.key].format_map(self.values)


def describe(schedule: Schedule) -> str:
    """Say in plain English when the schedule is due."""
    return " ".join(str(phrase) for phrase in schedule.words())


def moment_values(moment: datetime, timezone: str) -> dict[str, str | int]:
    """Return ``moment`` as clocks in ``timezone`` show it, ready for a phrase."""
    local = moment.astimezone(load_zone(timezone))
    style = "%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M"
    return {"moment": local.strftime(style), "timezone": timezone}
