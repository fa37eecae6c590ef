"""The texts of a database row -> a schedule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from cronmgmt.errors import InvalidSchedule
from cronmgmt.schedules.base import Schedule
from cronmgmt.schedules.bounded import Bounded
from cronmgmt.schedules.cron import Cron
from cronmgmt.schedules.instants import is_aware
from cronmgmt.schedules.interval import EPOCH, Interval
from cronmgmt.schedules.manual import Manual
from cronmgmt.schedules.once import Once
from cronmgmt.schedules.opendays import OpenDays
from cronmgmt.schedules.zones import load_zone


def build_schedule(
    kind: str,
    expression: str,
    timezone: str = "UTC",
    *,
    key: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    calendar: str = "",
    closed_days: Iterable[tuple[str, str]] = (),
    on_holiday: str = "skip",
) -> Schedule:
    """Return the schedule of a row; ``key``, the job's name, decides where H falls.

    An interval with a start counts from it, so that "every 90 minutes from ten" is
    due at ten. ``closed_days`` are those of ``calendar``, each as ISO 8601 with a word
    on why; ``on_holiday``, "skip" or "next", says what becomes of an occurrence there.
    """
    load_zone(timezone)
    if kind == "cron":
        schedule: Schedule = Cron(expression, timezone, key=key)
    elif kind == "interval":
        aware = starts_at is not None and is_aware(starts_at)
        schedule = Interval(expression, starts_at if starts_at and aware else EPOCH)
    elif kind == "once":
        schedule = Once.local(expression, timezone)
    elif kind == "manual":
        schedule = Manual()
    else:
        raise InvalidSchedule("kind", kind, "use cron, interval, once or manual")
    if calendar:
        days = _days(calendar, _as_key(closed_days))
        schedule = OpenDays(
            schedule, calendar, days, timezone, moves=on_holiday == "next"
        )
    if starts_at is None and ends_at is None:
        return schedule
    return Bounded(schedule, starts_at, ends_at, timezone)


def _as_key(closed_days: Iterable[Any]) -> tuple[Any, ...]:
    """Return what a row holds as something to remember its reading by."""
    return tuple(
        tuple(each) if isinstance(each, list) else each for each in closed_days
    )


@lru_cache(maxsize=512)
def _days(calendar: str, closed_days: tuple[Any, ...]) -> tuple[tuple[date, str], ...]:
    try:
        days = {date.fromisoformat(day): str(why) for day, why in closed_days}
    except (TypeError, ValueError):
        raise InvalidSchedule(
            "calendar", calendar, "its days cannot be read: save the calendar again"
        ) from None
    return tuple(sorted(days.items()))
