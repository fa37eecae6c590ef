"""What a handler may change around itself in its process, and how that is undone."""

from __future__ import annotations

import contextlib
import inspect
import locale
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.utils import timezone, translation

logger = logging.getLogger("cronmgmt.engine")

SIGNALS = (
    signal.SIGALRM,
    signal.SIGCHLD,
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGPIPE,
    signal.SIGTERM,
    signal.SIGUSR1,
    signal.SIGUSR2,
)


# Asked for all of them before and after every run: what makes enums of the answers
# takes longer than all else here.
_handler_of = inspect.unwrap(signal.getsignal)


@contextmanager
def kept() -> Iterator[None]:
    """Put folder, umask, locale, language, time zone and signals back afterwards."""
    restores = [keep() for keep in KEEPERS]
    try:
        yield
    finally:
        for restore in reversed(restores):
            try:
                restore()
            except Exception:
                logger.warning("What a handler changed is not undone", exc_info=True)


def _folder() -> Callable[[], None]:
    before = _where()

    def restore() -> None:
        if before and _where() != before:
            with contextlib.suppress(OSError):
                os.chdir(before)

    return restore


def _where() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""  # The folder was removed.


def _umask() -> Callable[[], None]:
    before = os.umask(0o077)
    os.umask(before)

    def restore() -> None:
        os.umask(before)

    return restore


def _locale() -> Callable[[], None]:
    before = locale.setlocale(locale.LC_ALL)

    def restore() -> None:
        if locale.setlocale(locale.LC_ALL) != before:
            locale.setlocale(locale.LC_ALL, before)

    return restore


def _signals() -> Callable[[], None]:
    before = {number: _handler_of(number) for number in SIGNALS}
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [])

    def restore() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        if threading.current_thread() is not threading.main_thread():
            return  # Where no handler can change them either.
        for number, handler in before.items():
            # None: set by a library in C, which nobody can put back from here.
            if handler is not None and _handler_of(number) != handler:
                signal.signal(number, handler)

    return restore


def _alarm() -> Callable[[], None]:
    before, _ = signal.getitimer(signal.ITIMER_REAL)

    def restore() -> None:
        if not before:
            # It would end the worker by its default action, runs later.
            signal.setitimer(signal.ITIMER_REAL, 0)

    return restore


def _language() -> Callable[[], None]:
    before = translation.get_language()

    def restore() -> None:
        if translation.get_language() == before:
            return
        if before is None:
            translation.deactivate_all()
        else:
            translation.activate(before)

    return restore


def _time_zone() -> Callable[[], None]:
    before = timezone.get_current_timezone()

    def restore() -> None:
        if timezone.get_current_timezone() == before:
            return
        if before == timezone.get_default_timezone():
            timezone.deactivate()
        else:
            timezone.activate(before)

    return restore


KEEPERS = (_folder, _umask, _locale, _signals, _alarm, _language, _time_zone)
"""Each notes what there is and returns what puts it back; cheap while nothing changed."""
