"""Whether this process is to stop, and how long running work may still go on."""

from __future__ import annotations

import select
import threading
import time
from datetime import timedelta
from typing import Protocol

from cronmgmt.conf import conf

MARGIN = timedelta(seconds=5)
SHUTTING_DOWN = "The node is shutting down."


class Flag(Protocol):
    """Something that says stop, and becomes readable when it does."""

    def is_set(self) -> bool: ...

    def fileno(self) -> int: ...


_flags: list[Flag] = []
_since: float | None = None
_grace: timedelta | None = None
_why = SHUTTING_DOWN
_own = threading.Event()


def listen_to(flag: Flag) -> None:
    """Stop when ``flag`` says so, as well."""
    _flags.append(flag)


def request(grace: timedelta | None = None, why: str = SHUTTING_DOWN) -> None:
    """Stop this process: no new claims, and the grace begins.

    That is SHUTDOWN_GRACE unless told otherwise. ``why`` is what is said of a run that
    outlasts it and is handed back.
    """
    global _grace, _why
    _grace, _why = grace, why
    _own.set()


def requested() -> bool:
    """Return whether to claim nothing more."""
    global _since
    stop = _own.is_set() or any(flag.is_set() for flag in _flags)
    if stop and _since is None:
        _since = time.monotonic()
    return stop


def grace_is_over() -> bool:
    """Return whether running work is to be interrupted and handed back."""
    if not requested() or _since is None:
        return False
    grace = conf.SHUTDOWN_GRACE if _grace is None else _grace
    return time.monotonic() - _since >= grace.total_seconds()


def why() -> str:
    """Return why what still runs at the end of the grace is handed back."""
    return _why


def longest() -> timedelta:
    """Return how long anything may take to stop before it is killed."""
    return conf.SHUTDOWN_GRACE + conf.INTERRUPT_GRACE + MARGIN


def pause(seconds: float) -> None:
    """Sleep, but wake up early when asked to stop."""
    until = time.monotonic() + seconds
    while not requested():
        left = until - time.monotonic()
        if left <= 0:
            return
        if _flags:
            select.select([flag.fileno() for flag in _flags], [], [], left)
        else:
            _own.wait(left)


def wait_for(descriptor: int, seconds: float) -> None:
    """Sleep until ``descriptor`` has something to read, or we are asked to stop."""
    flags = [flag.fileno() for flag in _flags]
    select.select([descriptor, *flags], [], [], 0 if _own.is_set() else seconds)


def reset() -> None:
    """Forget everything; for a forked child and for tests."""
    global _since, _grace, _why
    _flags.clear()
    _own.clear()
    _since, _grace, _why = None, None, SHUTTING_DOWN
