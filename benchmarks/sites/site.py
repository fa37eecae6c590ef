"""What the driver may ask of a contender's site; each has one subclass.

A *clerk* (``benchmarks/sites/clerk.py``) calls these in the site's own interpreter.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction


class Site(ABC):
    """A contender, as the driver sees it."""

    packages: tuple[str, ...] = ()

    def versions(self) -> dict[str, str]:
        """Return the packages that are measured, with their versions."""
        return {name: version(name) for name in ("Django", *self.packages)}

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """Return the settings that matter to the figures."""

    @abstractmethod
    def tables(self) -> Iterable[type[models.Model]]:
        """Return the models whose rows a measurement leaves behind."""

    def clear(self) -> None:
        """Remove what earlier measurements left, dead rows too."""
        names = [model._meta.db_table for model in self.tables()]
        flush = connection.ops.sql_flush(no_style(), names, allow_cascade=True)
        connection.ops.execute_sql_flush(flush)
        self.settle()

    def settle(self) -> None:
        """Bring the tables into the state that a database at rest is in."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")

    @abstractmethod
    def queue(self, count: int) -> None:
        """Queue that many no-op runs, to be worked off as soon as workers are there."""

    @abstractmethod
    def finished(self) -> int:
        """Return how many runs have a row that says they succeeded."""

    def schedule(self, count: int, due: float | None = None) -> None:
        """Have that many schedules that are due at ``due``, in seconds since 1970.

        Their handler notes its start under the schedule's number. Without ``due``
        none is due within an hour.
        """
        raise NotImplementedError

    def turn_due_into_queued(self, count: int) -> float:
        """Make that many schedules due, have the scheduler queue their runs, and
        return how many seconds that took it; no worker is there."""
        raise NotImplementedError

    def queued(self) -> int:
        """Return how many runs wait for a worker."""
        raise NotImplementedError

    @abstractmethod
    def enqueue(self, number: int) -> None:
        """Queue one piece of work with that parameter, as a view would."""

    def enqueue_many(self, count: int) -> None:
        """Queue that many by the call that is meant for it; else one after another."""
        with transaction.atomic():
            for number in range(count):
                self.enqueue(number)

    def seconds_one_by_one(self, count: int) -> float:
        """Return how long that many calls take, each committed by itself."""
        started = time.perf_counter()
        for number in range(count):
            self.enqueue(number)
        return time.perf_counter() - started

    def seconds_in_a_transaction(self, count: int) -> float:
        """Return how long that many calls take in one transaction, with its commit."""
        started = time.perf_counter()
        with transaction.atomic():
            for number in range(count):
                self.enqueue(number)
        return time.perf_counter() - started

    def seconds_at_once(self, count: int) -> float:
        """Return how long ``enqueue_many`` takes."""
        started = time.perf_counter()
        self.enqueue_many(count)
        return time.perf_counter() - started

    @abstractmethod
    def trigger(self, label: str) -> None:
        """Have the noting handler run now, as a person or a view would."""
