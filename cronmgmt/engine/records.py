"""An attempt to act -> its record, which outlives what comes after it.

A record is written in the transaction of the deed. Where somebody else's transaction
lies around that one and is rolled back, the record would go with it: :func:`keeping`
writes it once more, as what it was in the end.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.db import DatabaseError, connections, transaction

from cronmgmt.actors import Actor
from cronmgmt.clock import sql_now
from cronmgmt.engine.snapshots import Change
from cronmgmt.engine.transactions import after_commit
from cronmgmt.engine.unusual import is_unusual
from cronmgmt.models import Activity
from cronmgmt.signals import unusual_activity
from cronmgmt.text import clean_text

View = TypeVar("View", bound=Callable[..., Any])
logger = logging.getLogger("cronmgmt.activity")

UNDONE = "It was undone: the transaction around it was rolled back."


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did, or tried to do.

    ``about`` is a job's name, or what else it was done to; ``job_key`` the job's id.
    """

    actor: Actor
    action: str
    about: str = ""
    job_key: int | None = None
    execution_id: UUID | None = None
    reason: str = ""
    allowed: bool = True
    failed: bool = False
    change: Change = field(default_factory=Change)

    @property
    def verdict(self) -> str:
        """What became of it, in one word for the log."""
        if self.failed:
            return "failed to"
        return "did" if self.allowed else "was refused to"


_unsure: ContextVar[list[tuple[int, Deed]] | None] = ContextVar("unsure", default=None)
"""Records, by id, that may yet be rolled back together with what is around them."""


def record(deed: Deed) -> Activity:
    """Write what somebody did, and tell who listens if it is unusual."""
    before, after = deed.change.as_json()
    row = Activity.objects.create(
        at=sql_now(),
        actor=deed.actor.label,
        source=deed.actor.source,
        address=clean_text(deed.actor.address, 45),
        action=deed.action,
        allowed=deed.allowed,
        failed=deed.failed,
        job_name=clean_text(deed.about, 100),
        job_key=deed.job_key,
        execution_id=deed.execution_id,
        reason=clean_text(deed.reason, 2000),
        before=before,
        after=after,
        unusual=is_unusual(deed.actor, deed.action),
    )
    _log(deed)
    if row.unusual:
        after_commit(partial(_tell, row.pk))
    unsure = _unsure.get()
    if unsure is not None:
        unsure.append((row.pk, deed))
    return row


def record_if_possible(deed: Deed) -> None:
    """Write what failed, unless the database takes nothing any more: then log it."""
    try:
        record(deed)
    except DatabaseError:
        logger.exception("Not on record: %s", _sentence(deed))
        unsure = _unsure.get()
        if unsure is not None:
            unsure.append((0, deed))


def place() -> int:
    """Return where the records of what follows begin, for :func:`go_back_to`."""
    return len(_unsure.get() or [])


def go_back_to(place: int) -> None:
    """Forget the records written since: their transaction is tried again."""
    del (_unsure.get() or [])[place:]


@contextmanager
def keeping() -> Iterator[None]:
    """Write again at the end what was rolled back on the way there.

    For interfaces, around all that happens in a transaction of their own.
    """
    token = _unsure.set([])
    try:
        yield
    finally:
        unsure = _unsure.get() or []
        _unsure.reset(token)
        if unsure:
            _keep(unsure)


def apart(view: View) -> View:
    """Keep a view out of the transaction that ATOMIC_REQUESTS makes of a request.

    Every deed is one of its own; around it, one that is rolled back would take the
    record of what was tried along.
    """
    for alias in connections:
        view = transaction.non_atomic_requests(alias)(view)
    return view


def _keep(unsure: list[tuple[int, Deed]]) -> None:
    keys = [key for key, _ in unsure]
    written = Activity.objects.filter(pk__in=keys)
    # The id of what was rolled back may have been given to a later one.
    known = dict(unsure)
    there = {row.pk for row in written if _is_of(row, known[row.pk])}
    for key, deed in unsure:
        if key in there and known[key] is deed:
            continue
        if deed.allowed and not deed.failed:
            reason = f"{UNDONE} {deed.reason}".strip()
            deed = replace(deed, failed=True, reason=reason)
        record_if_possible(deed)


def _is_of(row: Activity, deed: Deed) -> bool:
    about = clean_text(deed.about, 100)
    mine = (deed.actor.label, deed.action, about, deed.allowed, deed.failed)
    return mine == (row.actor, row.action, row.job_name, row.allowed, row.failed)


def _tell(key: int) -> None:
    row = Activity.objects.get(pk=key)
    logger.warning(
        "%s triggers unusually often: %s %s", row.actor, row.action, row.job_name
    )
    unusual_activity.send_robust(sender=Activity, activity=row)


def _log(deed: Deed) -> None:
    logger.info("%s", _sentence(deed))


def _sentence(deed: Deed) -> str:
    parts = (deed.actor.label, deed.verdict, deed.action, deed.about)
    return " ".join(" ".join(parts).split())
