"""Wrong keys, tokens and secrets of one address -> so many a minute, then none is read.

What let somebody in lately is read all the same: whoever shares the address of somebody
who guesses, perhaps because it is a proxy's, is not locked out with them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from cronmgmt.callers import network_of
from cronmgmt.conf import conf
from cronmgmt.errors import TokenRefused, TooManyGuesses
from cronmgmt.text import digest

T = TypeVar("T")
logger = logging.getLogger("cronmgmt.access")

MINUTE = 60
REMEMBERED = 86_400
"""Seconds for which it is remembered that a key, token or secret was right."""


def guarded(
    address: str, secret: str, check: Callable[[], T | None], now: float | None = None
) -> T | None:
    """Return what ``check`` finds for a secret; what finds nothing was a wrong one.

    Raises TooManyGuesses, unchecked, if the address sent ``WRONG_CREDENTIALS`` wrong
    ones in this minute and the secret is not known to have been right; and what
    ``check`` raises, of which TokenRefused is a wrong one too. ``now`` is in seconds.
    """
    most: int = conf.WRONG_CREDENTIALS
    if most < 1:
        return check()
    moment = time.time() if now is None else now
    wrong, right = _keys(address, secret, moment)
    known = _read(wrong, right)
    if known.get(wrong, 0) >= most and right not in known:
        raise TooManyGuesses(MINUTE - int(moment) % MINUTE)
    try:
        found = check()
    except TokenRefused:
        _count(wrong, right, address)
        raise
    if not found:
        _count(wrong, right, address)
    elif moment - known.get(right, 0) > REMEMBERED / 2:
        _try(lambda: cache.set(right, moment, REMEMBERED))
    return found


def _keys(address: str, secret: str, moment: float) -> tuple[str, str]:
    """Return under what is kept how often an address was wrong, and what was right."""
    minute = int(moment) // MINUTE
    wrong = f"cronmgmt-wrong-{digest(network_of(address), minute)}"
    # Keyed: who reads the cache must not be able to try secrets against it.
    kept = salted_hmac("cronmgmt.guessing", digest(secret), algorithm="sha256")
    return wrong, f"cronmgmt-right-{kept.hexdigest()}"


def _read(*keys: str) -> dict[str, float]:
    return _try(lambda: cache.get_many(keys)) or {}


def _count(wrong: str, right: str, address: str) -> None:
    def write() -> int:
        cache.delete(right)  # It is so no more: revoked, or expired.
        cache.add(wrong, 0, MINUTE * 2)
        return int(cache.incr(wrong))

    if _try(write) == conf.WRONG_CREDENTIALS:
        logger.warning("%s keeps sending wrong keys, tokens or secrets", address)


def _try(ask: Callable[[], T]) -> T | None:
    """Return what a cache answers; one that is away must keep nobody out."""
    try:
        return ask()
    except Exception:
        logger.exception("Wrong keys are not counted: the cache does not answer")
        return None
