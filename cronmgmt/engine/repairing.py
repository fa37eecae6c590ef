"""Runs whose rows were edited by hand -> runs that go on, or have ended, within a minute.

Each is found by an index: those that have not ended are few, or they are the queue.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest

from cronmgmt.clock import sql_now
from cronmgmt.engine import jumps
from cronmgmt.engine.leases import lease
from cronmgmt.engine.transactions import repeated
from cronmgmt.engine.unreadable import FIRST, LAST, LET_GO, ended_by_hand, mend_rows
from cronmgmt.models import HELD, UNFINISHED, JobRun, Status

logger = logging.getLogger("cronmgmt.engine")

PAGE = 1000

MOST_COUNTED = 32_767
"""Attempts beyond which PostgreSQL has no number."""

ASTRAY = (
    Q(status__in=HELD, lease_expires_at=None)
    | Q(status=Status.WAITING, waits_for=None)
    | Q(status=Status.RUNNING, attempt=0)
    | Q(attempt__lt=0)
    | Q(attempt__gte=MOST_COUNTED)
    | Q(concurrency=0)
    | ~Q(status__in=UNFINISHED)
)
"""What the engine never leaves so; of runs without an end."""

ABSURD = (
    Q(available_at__gt=LAST)
    | Q(available_at__lt=FIRST)
    | Q(created_at__gt=LAST)
    | Q(created_at__lt=FIRST)
)
"""What may have no value; it waits for ever, and nobody could list it."""


def repair_of_jobs(keys: Sequence[int]) -> int:
    """Put right the unfinished runs of some jobs; return how many were wrong."""
    return _repair_unfinished(JobRun.objects.filter(job__in=keys))


def repair_the_rest() -> Iterator[int]:
    """Put right what belongs to no job, and what finished runs still hold."""
    yield _repair_unfinished(JobRun.objects.filter(job=None))
    leased = JobRun.objects.filter(lease_expires_at__gt=FIRST)
    yield _let_go(leased.order_by("lease_expires_at"), HELD)
    jumps.shorten_leases(beyond=lease() * jumps.FAR)
    yield from _active_keys()


def _repair_unfinished(runs: QuerySet[JobRun]) -> int:
    wrong = runs.filter(ASTRAY | ABSURD, finished_at=None)
    # In the order of the index: by id, the whole of history would be gone over.
    wrong = wrong.order_by("finished_at", "job_id")
    found = list(wrong.values_list("pk", "status", "attempt")[:PAGE])
    mended = mend_rows(JobRun, [pk for pk, _, _ in found])
    return mended + sum(_repair(pk, status, attempt) for pk, status, attempt in found)


def _repair(pk: int, status: str, attempt: int) -> bool:
    row = JobRun.objects.filter(ASTRAY, pk=pk, status=status, finished_at=None)
    return _changed(row, _right(status, attempt), pk)


def _right(status: str, attempt: int) -> dict[str, Any]:
    """Return what puts a run without an end right that is in this status."""
    if attempt >= MOST_COUNTED:
        return ended_by_hand(f"Edited by hand: it had {attempt} attempts.")
    counted = {"attempt": max(attempt, 0), "concurrency": Greatest("concurrency", 1)}
    if status == Status.RUNNING:
        counted["attempt"] = max(attempt, 1)
    if status in HELD:
        # Whoever has it extends this, and if nobody has, it is recovered as lost.
        return {"lease_expires_at": sql_now(lease()), **counted}
    if status == Status.QUEUED:
        return counted
    if status == Status.WAITING:
        return {"status": Status.QUEUED, "waits_for": None, "reason": "", **counted}
    if status in Status.values:
        why = f"Edited by hand: its status was set to {status}."
        return {"finished_at": sql_now(), "reason": why, **LET_GO}
    return ended_by_hand(f"Edited by hand: there is no status {status!r}.")


def _active_keys() -> Iterator[int]:
    """Free the keys that finished runs still have, which keep others from starting."""
    cursor, page = "", [""]
    while page:
        keys = JobRun.objects.filter(active_key__gt=cursor).order_by("active_key")
        found = keys.values_list("active_key", flat=True)[:PAGE]
        page = [key for key in found if key]
        if page:
            yield _let_go(_with(page), UNFINISHED)
            cursor = page[-1]


def _with(keys: Sequence[str]) -> QuerySet[JobRun]:
    return JobRun.objects.filter(active_key__in=keys).order_by("active_key")


def _let_go(runs: QuerySet[JobRun], allowed: Sequence[str]) -> int:
    """Take from runs what is only for those in an allowed status."""
    held = runs.exclude(status__in=allowed)
    what = LET_GO if allowed is UNFINISHED else {"lease_expires_at": None}
    keys = list(held.values_list("pk", flat=True)[:PAGE])
    rows = held.order_by()
    return sum(_changed(rows.filter(pk=pk), what, pk) for pk in keys)


def _changed(row: QuerySet[JobRun], changes: dict[str, Any], pk: int) -> bool:
    changed = repeated(lambda: row.update(**changes))
    if changed:
        logger.warning("Run %s was edited by hand and is put right", pk)
    return bool(changed)
