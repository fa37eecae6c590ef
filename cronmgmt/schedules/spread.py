"""A name -> numbers that look random and are the same in every process."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import blake2b

from cronmgmt.schedules.instants import floor

MICROSECOND = timedelta(microseconds=1)


def pick(key: str, purpose: str, low: int, high: int) -> int:
    """Return a number from ``low`` to ``high`` that ``key`` and ``purpose`` decide."""
    return low + _hash(f"{purpose}\n{key}") % (high - low + 1)


def delay_within(key: str, occurrence: datetime, jitter: timedelta) -> timedelta:
    """Return a delay from zero up to, not including, ``jitter``.

    Every scheduler comes to the same one for the same occurrence, so two of them
    racing agree on when it is to start.
    """
    if jitter <= timedelta(0):
        return timedelta(0)
    moment = floor(occurrence).isoformat()
    return (jitter // MICROSECOND * _hash(f"{moment}\n{key}") >> 64) * MICROSECOND


def _hash(text: str) -> int:
    # surrogatepass: a name that came from a broken file name must not crash.
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big")
