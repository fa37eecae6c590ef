"""What a handler is given as its first argument: the run, to read and to report to."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction

from cronmgmt.clock import sql_now
from cronmgmt.engine.output import Output
from cronmgmt.errors import LeaseLost
from cronmgmt.models import JobRun, ProcessedItem, Status, database, move
from cronmgmt.text import clean_json, clean_text, digest, safe_str

_UNSET: Any = object()
MOST = 2**63 - 1


class Run:
    """The run under way, as its handler sees it."""

    execution_id: UUID
    """The same over all attempts: use it as an idempotency key."""
    job_name: str
    attempt: int
    """1 for the first attempt."""
    origin: str
    """``schedule``, ``catch-up``, ``manual``, ``rerun``, ``backfill``, …"""
    scheduled_for: datetime | None
    """The occurrence, in UTC; None unless the scheduler made this run."""
    intended_for: datetime | None
    """The instant the work is for: the occurrence, also in backfills and re-runs."""
    target: str | None = None
    """The one that this call is for, of a job that goes over several; else None."""
    fencing_token: int
    """Grows with every claim: hand it to stores that refuse late writers."""
    items_processed: int | None = None
    """How many items were done; what :meth:`progress` says unless you set it."""

    def __init__(self, row: JobRun, output: Output) -> None:
        self.execution_id = row.execution_id
        self.job_name = row.job_name
        self.attempt = row.attempt
        self.origin = row.origin
        self.scheduled_for = row.scheduled_for
        self.intended_for = row.intended_for
        self.fencing_token = row.fencing_token
        self.done: int | None = None
        self.total: int | None = None
        self._counts_targets = False
        self._items_before: int | None = None
        self._row = row
        self._began = time.monotonic()
        self._output = output

    def __repr__(self) -> str:
        return f"<Run {self.job_name} {self.execution_id} attempt {self.attempt}>"

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how far the work is; cheap, written about once a second."""
        self._counts_targets = False
        self._show(int(done), None if total is None else int(total))

    def _show(self, done: int, total: int | None) -> None:
        self.done, self.total = done, total
        self._output.progress(done, total)

    @property
    def rate(self) -> float | None:
        """Items done a second since this attempt began; None before any progress."""
        passed = time.monotonic() - self._began
        return None if self.done is None or passed <= 0 else self.done / passed

    def log(self, text: object) -> None:
        """Append a line to the run's log."""
        self._output.write(f"{clean_text(text)}\n")

    def checkpoint(self, value: Any = _UNSET) -> Any:
        """Save ``value`` (JSON) for a later attempt of this run, or read the last one.

        Without an argument: the value saved last, by this attempt or an earlier one;
        None when there is none; each target has its own. Saving is durable at once, or
        with the transaction that is open on the runs' database. Raises LeaseLost when another worker owns
        the run by now, TypeError or ValueError for what is not JSON.
        """
        if value is not _UNSET:
            data = clean_json(value)
            if self.target is not None:
                data = {**_by_target(self._row.checkpoint), self.target: data}
            token = self._row.claim_token
            if not move(self._row.pk, Status.RUNNING, token, checkpoint=data):
                raise LeaseLost("Another worker owns this run by now.")
            self._row.checkpoint = data
        return self._of_target(self._row.checkpoint)

    def once(self, key: object) -> bool:
        """Return True the first time this handler asks for ``key``, else False.

        With a target, the first time for that target.
        Call it in the transaction that has the effect, so that both are kept or
        neither is::

            with transaction.atomic():
                if run.once(order.pk):
                    charge(order)
        """
        named = () if self.target is None else (self.target,)
        try:
            with transaction.atomic(using=database()):
                ProcessedItem.objects.create(
                    handler=self._row.handler,
                    key=digest(*named, key),
                    label=clean_text(": ".join(map(safe_str, (*named, key))), 200),
                    execution_id=self.execution_id,
                    at=sql_now(),
                )
        except IntegrityError:
            return False
        return True

    async def acheckpoint(self, value: Any = _UNSET) -> Any:
        """Do what :meth:`checkpoint` does, for a handler that awaits."""
        return await sync_to_async(self.checkpoint)(value)

    async def aonce(self, key: object) -> bool:
        """Do what :meth:`once` does, for a handler that awaits.

        Django has no transactions in such code: call :meth:`once` in one function with
        the effect, by ``sync_to_async``, where both must be kept or neither.
        """
        return await sync_to_async(self.once)(key)

    def report(self) -> dict[str, int | None]:
        """Return the columns of the run that say how far the handler is."""
        items, before = self.items_of_target(), self._items_before
        if before is not None:
            items = before if items is None else items + before
        return {
            "progress_done": _count(self.done),
            "progress_total": _count(self.total),
            "items_processed": _count(items),
        }

    def items_of_target(self) -> int | None:
        """Return how many items were done, for this target where there is one."""
        told = None if self._counts_targets else self.done
        return _count(told if self.items_processed is None else self.items_processed)

    def begin_target(
        self, name: str, done: int, total: int, items_before: int | None
    ) -> None:
        """The next call of the handler is for that target, after ``done`` others."""
        if self.target is None:
            self._counts_targets = True
        elif not self._counts_targets:
            self.done = self.total = None
        self.target, self.items_processed = name, None
        self._items_before = items_before
        self.count_targets(done, total)

    def count_targets(self, done: int, total: int) -> None:
        """Say how many targets are done, unless the handler says how far it is."""
        if self._counts_targets:
            self._show(done, total)

    def _of_target(self, checkpoint: Any) -> Any:
        if self.target is None:
            return checkpoint
        return _by_target(checkpoint).get(self.target)


def _by_target(checkpoint: Any) -> dict[str, Any]:
    return checkpoint if isinstance(checkpoint, dict) else {}


def _count(value: Any) -> int | None:
    """Return a handler's number as one that a column takes; None for anything else."""
    try:
        return min(max(int(value), -MOST), MOST)
    except (TypeError, ValueError, OverflowError):
        return None
