"""One column's value <-> the plain value that stands for it in a file."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import models

from cronmgmt.errors import InvalidSchedule, shorten
from cronmgmt.schedules import parse_duration

SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
FRACTION = re.compile(r"([0-9]{1,9}\.[0-9]{1,6})s")
YEARS = range(1970, 9000)
"""Moments near either end of the calendar are none in some other time zone."""


def to_plain(value: Any) -> Any:
    """Return a column's value as JSON: ``1h30m``, ``2026-03-01T10:00:00+00:00``."""
    if isinstance(value, timedelta):
        return say(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def from_plain(field: models.Field[Any, Any], value: Any) -> Any:
    """Return what a file says as the column's value. Raises ValueError with why not."""
    if value is None:
        if not field.null:
            raise ValueError("leave it out instead of writing null")
        return None
    for kinds, convert in CONVERSIONS:
        if isinstance(field, kinds):
            return convert(value)
    return value


def say(duration: timedelta) -> str:
    """Return ``1d2h30m`` or ``0.5s``: what :func:`duration_of` reads."""
    if duration % timedelta(seconds=1):
        return f"{duration.total_seconds():.6f}".rstrip("0") + "s"
    rest = int(duration.total_seconds())
    text = ""
    for unit, size in SECONDS.items():
        count, rest = divmod(rest, size)
        text += f"{count}{unit}" if count else ""
    return text or "0s"


def duration_of(value: Any) -> timedelta:
    """Return the duration that a text means. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError(f"write a duration, such as 30s or 1h30m; got {_shown(value)}")
    if fraction := FRACTION.fullmatch(value):
        return timedelta(seconds=float(fraction[1]))
    try:
        return parse_duration(value)
    except InvalidSchedule as error:
        raise ValueError(f"{error.problem}; got {_shown(value)}") from None


def moment_of(value: Any) -> datetime:
    """Return the moment that a text, or YAML's own kind of moment, means."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    is_one = isinstance(moment, datetime) and moment.tzinfo is not None
    if moment is None or not is_one or moment.year not in YEARS:
        raise ValueError(
            "write a moment with its time zone, such as 2026-03-01T10:00+01:00; got "
            f"{_shown(value)}"
        )
    # As UTC: databases refuse offsets that only RFC 3339 allows.
    return moment.astimezone(UTC)


def text_of(value: Any) -> str:
    """Return ``value`` if it is text; a moment of YAML's becomes text again."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if not isinstance(value, str):
        raise ValueError(f"write text; got {_shown(value)}")
    return value


def number_of(value: Any) -> int:
    """Return ``value`` if it is a whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"write a whole number; got {_shown(value)}")
    return value


def share_of(value: Any) -> float:
    """Return ``value`` if it is a number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError(f"write a number, such as 0.05; got {_shown(value)}")
    return float(value)


def flag_of(value: Any) -> bool:
    """Return ``value`` if it is true or false."""
    if not isinstance(value, bool):
        raise ValueError(f"write true or false; got {_shown(value)}")
    return value


CONVERSIONS: list[tuple[Any, Any]] = [
    (models.DurationField, duration_of),
    (models.DateTimeField, moment_of),
    (models.BooleanField, flag_of),
    (models.IntegerField, number_of),
    (models.FloatField, share_of),
    ((models.CharField, models.TextField), text_of),
]


def _shown(value: object) -> str:
    return shorten(value) if not isinstance(value, str) else repr(shorten(value))
