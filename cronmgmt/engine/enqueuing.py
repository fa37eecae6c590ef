"""Work that application code hands over -> queued runs, in the caller's transaction.

The row is the message: when the caller's transaction is rolled back, it was never
queued, and nobody is rung for.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from cronmgmt import clock, registry
from cronmgmt.conf import conf
from cronmgmt.engine.bulk import insert_many
from cronmgmt.engine.claiming import AHEAD
from cronmgmt.engine.resolving import resolve
from cronmgmt.engine.rings import later_on_commit, ring_for_work
from cronmgmt.engine.terms import YEARS, Terms
from cronmgmt.engine.uniqueness import Queued, insert_unique
from cronmgmt.errors import InvalidWork
from cronmgmt.models import Origin, Status, database
from cronmgmt.models.inserting import NOW
from cronmgmt.parameters import check_parameters
from cronmgmt.registry import Handler
from cronmgmt.text import digest


def enqueue_many(
    handler: str,
    params: Sequence[Mapping[str, Any]],
    terms: Terms | None = None,
    unique_keys: Sequence[str] = (),
) -> list[Queued]:
    """Queue a run of a handler for each of ``params``: all of them, or none.

    While a run of the same unique key is unfinished, no other is made: that one is the
    answer. There are no ``unique_keys``, or as many as ``params``; the answers are in
    the same order. Raises UnknownHandler, InvalidParameters or InvalidWork.
    """
    found = resolve(handler)
    when = _when(terms := terms or Terms())
    shared = _shared(found, terms, when)
    check = partial(check_parameters, found.function, name=handler)
    ids = [uuid.uuid4() for _ in params]
    rows: list[dict[str, Any]] = [
        {"execution_id": each.hex, "params": check(given)}
        for each, given in zip(ids, params, strict=True)
    ]
    if unique_keys:
        queued = insert_unique(shared, rows, unique_keys)
    else:
        queued = [Queued(each, is_new=True) for each in ids]
        insert_many(shared, rows)
    if count := sum(each.is_new for each in queued):
        _ring(shared["queue"], count, when)
    return queued


class _When(NamedTuple):
    at: datetime | None = None
    wait: timedelta = timedelta()


def _when(terms: Terms) -> _When:
    """Return when the work may start, and how long that is from now."""
    if terms.at is None and not terms.delay:
        return _When()
    now = clock.now(database())
    try:
        at = terms.at or now + max(terms.delay or timedelta(), timedelta())
    except OverflowError:
        at = None
    if at is None or at.year not in YEARS:
        raise InvalidWork(
            f"delay is not so many years long: it ends before the year {YEARS.stop}."
        )
    return _When(at, at - now)


def _shared(handler: Handler, terms: Terms, when: _When) -> dict[str, Any]:
    """Return the columns that all work for a handler has on these terms."""
    policies = {**registry.work_options(handler.name), **terms.policies}
    return {
        "job_name": handler.name,
        "handler": handler.name,
        "queue": "default",
        "origin": Origin.ENQUEUE.value,
        "status": Status.QUEUED.value,
        "created_at": NOW,
        # What is late already waits from now on, not since it was meant to begin.
        "available_at": when.at if when.at and when.wait > timedelta() else NOW,
        "intended_for": when.at,
        "timeout": conf.TIMEOUT,
        "notify": list(terms.notify) or None,
        "requested_by": terms.requested_by,
        **policies,
        **_lock(handler.name, policies),
    }


def _lock(handler: str, policies: Mapping[str, Any]) -> dict[str, Any]:
    """Return the lock that work needs to start: a shared one, or the handler's own."""
    name, places = policies.get("lock_key", ""), policies.get("concurrency")
    if not name and not places:
        return {"concurrency": 1}
    key = digest("lock", name) if name else digest("lock of handler", handler)
    return {"lock_key": name, "lock_digest": key, "concurrency": places or 1}


def _ring(queue: str, count: int, when: _When) -> None:
    if not conf.ENABLED:
        return
    if when.wait > AHEAD:
        later_on_commit(queue, when.wait)
    else:
        ring_for_work(queue, count)
