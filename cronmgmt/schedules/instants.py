"""Any aware moment -> the whole UTC second that schedules count in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SECOND = timedelta(seconds=1)

# One year short of what datetime can hold: local time may run a day ahead or behind.
EARLIEST = datetime(2, 1, 1, tzinfo=UTC)
LATEST = datetime(9998, 12, 31, 23, 59, 59, tzinfo=UTC)


def is_aware(moment: object) -> bool:
    """Tell whether it is a moment, and in a known time zone."""
    return isinstance(moment, datetime) and moment.utcoffset() is not None


def floor(moment: datetime) -> datetime:
    """Return the whole second in UTC at or before ``moment``."""
    return _in_utc(moment).replace(microsecond=0)


def ceil(moment: datetime) -> datetime:
    """Return the whole second in UTC at or after ``moment``."""
    second = floor(moment)
    return second + SECOND if moment.microsecond and second < LATEST else second


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is UTC:  # The common case, and a conversion less.
        return min(max(moment, EARLIEST), LATEST)
    if not is_aware(moment):
        raise ValueError(
            f"A schedule is asked about a moment in a known time zone: "
            f"{moment.isoformat(sep=' ')} has none."
        )
    try:
        return min(max(moment.astimezone(UTC), EARLIEST), LATEST)
    except OverflowError:
        return EARLIEST if moment.year < 5000 else LATEST
