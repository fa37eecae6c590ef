"""django-q2's broker for its pusher and monitor: one that is away ends neither.

Left alone, the pusher waits ten seconds after an error, ends and has to be forked anew;
the monitor ends at once, twice a second. Work would wait for long after a broker, or
the database that it is in, is back.

While it is away, nobody's ring arrives: the pusher looks for work itself and rings here.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError

from cronmgmt.engine.cluster.doorbell import rings_for_what_waits
from cronmgmt.engine.connections import close_all

T = TypeVar("T")
logger = logging.getLogger("cronmgmt.engine")

SHORTEST, LONGEST = 0.1, 2.0
"""Seconds to wait before it is asked again, after its first failures and its later."""


class PatientBroker:
    """Passes on to the broker; what fails is logged, and tried again by and by."""

    def __init__(self, broker: Any) -> None:
        self._broker = broker
        self._pause = SHORTEST

    def __getattr__(self, name: str) -> Any:
        return getattr(self._broker, name)

    def dequeue(self) -> Any:
        """Return what there is to do; of a broker that fails, rings for what waits."""
        return self._surely(self._broker.dequeue, _instead)

    def acknowledge(self, task: Any) -> Any:
        """Delete a task; one that is not deleted comes again, which harms nothing."""
        return self._surely(lambda: self._broker.acknowledge(task), lambda: None)

    def _surely(
        self, work: Callable[[], T], instead: Callable[[], T | None]
    ) -> T | None:
        try:
            answer = work()
        except Exception as error:
            logger.warning("The broker fails: %s", error)
            close_all()
            time.sleep(self._pause)
            self._pause = min(self._pause * 2, LONGEST)
            return instead()
        self._pause = SHORTEST
        return answer


def _instead() -> list[tuple[None, str]] | None:
    """Return rings for the work there is, as the broker would."""
    try:
        return [(None, ring) for ring in rings_for_what_waits()] or None
    except (DatabaseError, InterfaceError) as error:
        logger.warning("Nor is there a look for work: the database says %s", error)
        return None
    finally:
        close_all()
