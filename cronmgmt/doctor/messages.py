"""Django-q2's broker, if the site has one: does it answer, does anybody listen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import TypeVar

from django.utils.translation import gettext as _

from cronmgmt.doctor.findings import Finding, Level
from cronmgmt.engine import rings

T = TypeVar("T")

PATIENCE = 3.0
"""Seconds; a broker may take a connection and say nothing."""

PILED_UP = 1000


def of_broker() -> Iterator[Finding]:
    """Yield whether rings arrive, and whether somebody takes them."""
    bell = rings.doorbell()
    if bell is None:
        seen = _("There is no broker: workers look for work by themselves.")
        yield Finding("broker", Level.OK, seen)
        return
    try:
        ask = bell.what_waits
        waiting = ask() if bell.is_in_a_database() else within(PATIENCE, ask)
    except Exception as error:
        yield Finding(
            "broker",
            Level.WARNING,
            _("The broker does not answer: work starts up to two seconds later."),
            _("Start it, or correct Q_CLUSTER."),
            f"{type(error).__name__}: {error}",
        )
        return
    piled = {name: count for name, count in waiting.items() if count > PILED_UP}
    for name, count in piled.items():
        words = {"count": count, "name": name}
        seen = _("Messages pile up in the broker: %(count)d for the cluster %(name)s.")
        yield Finding(
            "broker",
            Level.WARNING,
            seen % words,
            _(
                "Start that cluster; where cronmgmt work does it all, take django_q out "
                "of INSTALLED_APPS."
            ),
        )
    if not piled:
        seen = _("The broker answers; messages in it: %(count)d.")
        yield Finding("broker", Level.OK, seen % {"count": sum(waiting.values())})


def within(seconds: float, ask: Callable[[], T]) -> T:
    """Return what ``ask`` returns, or raise what it raises; TimeoutError if it hangs.

    Not for what asks Django's databases, whose connections belong to a thread.
    """
    answers: SimpleQueue[tuple[T | None, Exception | None]] = SimpleQueue()

    def try_it() -> None:
        try:
            answers.put((ask(), None))
        except Exception as error:
            answers.put((None, error))

    threading.Thread(target=try_it, daemon=True).start()
    try:
        answer, error = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError(f"no answer within {seconds:g} seconds") from None
    if error is not None:
        raise error
    return answer  # type: ignore[return-value]
