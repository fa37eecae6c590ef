"""One transaction, repeated whole when the database asks for that."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from django.db import (
    DatabaseError,
    InterfaceError,
    InternalError,
    OperationalError,
    connections,
    transaction,
)

from cronmgmt.models import database

T = TypeVar("T")
Item = TypeVar("Item")
logger = logging.getLogger("cronmgmt.engine")

TRIES = 6

UNWILLING = (OperationalError, InterfaceError, InternalError)
"""What a database says that is away, full, read-only or overtaxed: it is not about what
it was asked."""

# PostgreSQL: serialization failure, deadlock, lock not available.
POSTGRESQL_CODES = {"40001", "40P01", "55P03"}
# MariaDB and MySQL: record changed, lock wait time-out, deadlock.
MYSQL_CODES = {1020, 1205, 1213}


def in_transaction(work: Callable[[], T]) -> T:
    """Do ``work`` in one transaction and return its answer.

    Deadlocks, serialization failures and lock waits repeat the whole of it; tokens
    and constraints make that safe. Inside a transaction of the caller's, who would
    have to repeat his own part too, it is done once.
    """

    def in_one() -> T:
        with transaction.atomic(using=database()):
            return work()

    return repeated(in_one)


def in_transactions(
    work: Callable[[Item], int], items: Iterable[Item], complaint: str
) -> int:
    """Do ``work`` for each item, in a transaction of its own; return the answers' sum.

    One that fails stops no other: ``complaint``, with the item, is logged. When the
    database refuses two in a row, it would refuse all: its error is raised.
    """
    total, refused = 0, False
    for item in items:
        try:
            total += in_transaction(partial(work, item))
            refused = False
        except Exception as error:
            if refused and refuses_all(error):
                raise
            refused = refuses_all(error)
            logger.exception(complaint, item)
    return total


def repeated(work: Callable[[], T]) -> T:
    """Do ``work``, a transaction or one statement, again when the database asks."""
    nested = connections[database()].in_atomic_block
    for attempt in range(1, TRIES + 1):
        try:
            return work()
        except DatabaseError as error:
            if nested or attempt == TRIES or not is_transient(error):
                raise
            logger.info("Repeating a transaction: %s", error)
            time.sleep(random.uniform(0, 0.02 * 2**attempt))
    raise AssertionError("unreachable")


def after_commit(work: Callable[[], object]) -> None:
    """Do ``work`` once the current transaction is committed; its failure is logged.

    What is committed must never look failed.
    """

    def guarded() -> None:
        # Not ``robust=True``: Django then names the function it logs, and a partial
        # has no name.
        try:
            work()
        except Exception:
            logger.exception("What was to follow a commit failed")

    transaction.on_commit(guarded, using=database())


def refuses_all(error: BaseException) -> bool:
    """Return whether any other change would meet the same for now."""
    return isinstance(error, UNWILLING) and not is_transient(error)


def is_transient(error: BaseException) -> bool:
    """Return whether the same transaction may well succeed when tried again."""
    cause = error.__cause__ or error
    if getattr(cause, "sqlstate", None) in POSTGRESQL_CODES:
        return True
    if cause.args and cause.args[0] in MYSQL_CODES:
        return True
    return "database is locked" in str(cause) or "table is locked" in str(cause)
