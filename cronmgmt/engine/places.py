"""How far a worker has come in each queue, so that it need not begin at the start.

What was claimed leaves dead entries at the head of the queue's index, and they stay
for as long as some transaction may still see them. A worker that goes on where it was
does not read them; it begins at the start again every so often, because what is more
urgent, or was given back, stands there.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connections
from django.db.models import BooleanField, F, Func, Q, QuerySet

from cronmgmt.models import JobRun, database
from cronmgmt.models.compiled import Slot

FOR = 0.25
"""Seconds: so long something more urgent may wait behind what a worker goes on with."""

SHARE = 10
"""A look from the start that took long is repeated after so many times its length."""


class Place(NamedTuple):
    """Behind a run that was claimed; what comes next has the same priority."""

    priority: int
    available_at: datetime
    pk: int


def onwards(runs: QuerySet[Any]) -> QuerySet[Any]:
    """Return those of ``runs`` that stand behind a place; its values are slots."""
    available_at, pk = Slot(JobRun, "available_at"), Slot(JobRun, "pk")
    runs = runs.filter(priority=Slot(JobRun, "priority"))
    if connections[database()].vendor == "mysql":
        # It reads a comparison of rows from the start, and sorts what "or" gives.
        later = Q(available_at__gt=available_at) | Q(pk__gt=pk)
        return runs.filter(later, available_at__gte=available_at)
    return runs.filter(
        Func(
            _row(F("available_at"), F("pk")),
            _row(available_at, pk),
            template="%(expressions)s",
            arg_joiner=" > ",
            output_field=BooleanField(),
        )
    )


def _row(*columns: Any) -> Func:
    return Func(*columns, template="(%(expressions)s)", output_field=BooleanField())


class Places:
    """Where this process is in each queue."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}
        self._until: dict[str, float] = {}

    def of(self, queue: str) -> Place | None:
        """Return where to go on; None: from the start."""
        if time.monotonic() > self._until.get(queue, 0.0):
            return None
        return self._places.get(queue)

    def started_over(self, queue: str, seconds: float) -> None:
        """Note that a look from the start took that long."""
        self._places.pop(queue, None)
        self._until[queue] = time.monotonic() + max(FOR, SHARE * seconds)

    def passed(self, queue: str, run: Any) -> None:
        """Note that everything up to ``run`` is claimed, by us or by others."""
        self._places[queue] = Place(run.priority, run.available_at, run.pk)

    def forget(self, queue: str) -> None:
        """Begin at the start: somebody may have been put back before this place."""
        self._until.pop(queue, None)
