"""``1h30m`` <-> an hour and a half."""

from __future__ import annotations

import re
from datetime import timedelta

from cronmgmt.errors import InvalidSchedule

UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
PATTERN = re.compile(
    r"\s*".join(rf"(?:(?P<{unit}>[0-9]{{1,9}})\s*{unit})?" for unit in UNITS),
    re.IGNORECASE,
)


def parse_duration(text: str, field: str = "every") -> timedelta:
    """Return the duration that ``text`` means: ``30s``, ``5m``, ``1h30m``, ``2d``.

    A number without a unit is refused: seconds to one reader, minutes to the next.
    """
    if not isinstance(text, str) or len(text) > 64:
        raise _refuse(field, text)
    match = PATTERN.fullmatch(text.strip())
    if not match or not any(match.groups()):
        raise _refuse(field, text)
    numbers = {name: int(match[unit] or 0) for unit, name in UNITS.items()}
    try:
        return timedelta(**numbers)
    except OverflowError:
        raise InvalidSchedule(field, text, "that is too long") from None


def say_duration(duration: timedelta) -> str:
    """Return ``1 hour 30 minutes``, or the unit alone when it is one: ``hour``."""
    rest = int(duration.total_seconds())
    counts = []
    for unit in "dhms":
        count, rest = divmod(rest, SECONDS[unit])
        if count:
            counts.append((count, UNITS[unit]))
    if counts[0][0] == 1 and len(counts) == 1:
        return counts[0][1].removesuffix("s")
    return " ".join(
        f"{count} {name if count > 1 else name.removesuffix('s')}"
        for count, name in counts
    )


def _refuse(field: str, text: object) -> InvalidSchedule:
    return InvalidSchedule(field, text, "write a duration, such as 30s, 5m or 1h30m")
