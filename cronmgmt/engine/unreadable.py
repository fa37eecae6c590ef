"""A row that Python cannot hold -> one that it can, which says what was wrong.

Somebody typed at the database's prompt what a column takes and no value stands for: a
word for a date on SQLite, ``infinity`` on PostgreSQL, a zero date on MariaDB. Read
along with others, such a row would keep all of them from being read.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.db import DataError, connections
from django.db.models import JSONField, Model, QuerySet, TextField
from django.db.models.functions import Cast

from cronmgmt.clock import sql_now
from cronmgmt.models import UNFINISHED, JobRun, ScheduledJob, Status, database

T = TypeVar("T")
logger = logging.getLogger("cronmgmt.engine")

UNREADABLE = (DataError, TypeError, ValueError, OverflowError)
"""What a row raises that holds something of no value; a database that is away, others."""

AT_ONCE = 100

FIRST, LAST = datetime(1000, 1, 1, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
"""A moment beyond them may be one that cannot be read."""


def readable(rows: QuerySet[Any, T]) -> list[T]:
    """Return the rows of a query that is bounded; mend first what cannot be read."""
    try:
        return list(rows)
    except UNREADABLE:
        logger.warning("Rows are looked at one by one", exc_info=True)
    mend_rows(rows.model, list(rows.values_list("pk", flat=True)))
    return list(rows.all())


def mend_rows(model: type[Model], keys: Iterable[int]) -> int:
    """Empty what cannot be read in these rows; return how many had something so.

    A job is set aside and a run that had not ended has failed, each with the reason.
    """
    return sum(_mend(model, key) for key in keys)


def mend_queue(queue: str, ahead: timedelta) -> int:
    """Put right what stands at the head of a queue and keeps the rest from starting."""
    waiting = JobRun.objects.filter(
        queue=queue, status=Status.QUEUED, available_at__lte=sql_now(ahead)
    ).order_by("priority", "available_at", "id")
    keys = list(waiting.values_list("pk", flat=True)[:AT_ONCE])
    _, most = connections[database()].ops.integer_field_range("PositiveIntegerField")
    full = JobRun.objects.filter(pk__in=keys, claims__gte=most)
    why = "Edited by hand: it was claimed so often that nobody can count it up."
    return mend_rows(JobRun, keys) + full.update(**ended_by_hand(why))


def _mend(model: type[Model], key: int) -> bool:
    row = model._base_manager.using(database()).filter(pk=key)
    fields: list[Any] = list(model._meta.concrete_fields)
    if _is_whole(row, fields):
        return False
    bad = {field.attname: _blank(field) for field in fields if _is_bad(row, field)}
    if not bad:
        return False
    what = " and ".join(sorted(bad))
    why = f"Edited by hand: {what} held what cannot be read, and was emptied."
    logger.error("%s %s: %s", model._meta.verbose_name, key, why)
    row.update(**{**bad, **_verdict(model, row, why)})
    return True


def _is_whole(row: QuerySet[Any], fields: Sequence[Any]) -> bool:
    try:
        found = list(row)
    except UNREADABLE:
        return False
    return not any(
        _is_odd(getattr(each, field.attname), field)
        for each in found
        for field in fields
    )


def _is_odd(value: object, field: Any) -> bool:
    """Return whether what was read may stand for something else."""
    if value is None:
        # MariaDB's driver makes this of a date of zeros.
        return not field.null
    # Django makes it of what is no JSON; there are JSON texts, too.
    return isinstance(field, JSONField) and isinstance(value, str)


def _is_bad(row: QuerySet[Any], field: Any) -> bool:
    try:
        values = list(row.values_list(field.attname, flat=True))
        if isinstance(field, JSONField):
            texts = row.annotate(text=Cast(field.attname, TextField()))
            for text in texts.values_list("text", flat=True):
                json.loads(text or "null")
    except UNREADABLE:
        return True
    return not field.null and None in values


def _blank(field: Any) -> Any:
    if field.null:
        return None
    return field.get_default() if field.has_default() else sql_now()


def _verdict(model: type[Model], row: QuerySet[Any], why: str) -> dict[str, Any]:
    if model is ScheduledJob:
        # Stale, so that it is planned anew once somebody has looked at it.
        return {"set_aside_reason": why, "planned_from": "", "next_run_at": None}
    if model is JobRun and row.filter(status__in=UNFINISHED).exists():
        return ended_by_hand(why)
    return {}


def ended_by_hand(why: str) -> dict[str, Any]:
    """Return the columns of a run that cannot go on after what was done to its row."""
    return {
        "status": Status.FAILED,
        "finished_at": sql_now(),
        "reason": why,
        "error_message": why,
        **LET_GO,
    }


LET_GO: dict[str, Any] = {
    "active_key": None,
    "claim_token": "",
    "lease_expires_at": None,
    "waits_for": None,
}
"""What a run that has ended keeps no others from."""
