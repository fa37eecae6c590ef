"""Statements that PostgreSQL plans once a connection.

Planning the statement that finishes a run costs it more than executing it.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from cronmgmt.text import digest

logger = logging.getLogger("cronmgmt.engine")

ELSEWHERE = {"26000", "42P05"}
"""SQLSTATEs: the session does not have the prepared statement, or has it already."""


class Statement:
    """One statement, prepared and plain.

    ``sql`` has each value's name in braces, ``types`` the type of each.
    """

    def __init__(self, purpose: str, sql: str, types: Mapping[str, str]) -> None:
        self.names = list(dict.fromkeys(re.findall(r"\{(\w+)\}", sql)))
        # Named after what it says: whoever finds it in a session that another client
        # of an undeclared pooler used before executes this statement and no other.
        declared = ", ".join(types[name] for name in self.names)
        self.name = f"{purpose}_{digest(sql, declared)[:32]}"
        self.plain = sql.format_map({n: f"%({n})s::{types[n]}" for n in self.names})
        numbered = {name: f"${place}" for place, name in enumerate(self.names, 1)}
        body = sql.format_map(numbered)
        # No value stands in it, and nothing in it may be taken for the place of one.
        self.preparing = f"PREPARE {self.name} ({declared}) AS {body}"
        places = ", ".join(["%s"] * len(self.names))
        self.executing = f"EXECUTE {self.name} ({places})"


_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""What each driver's connection has prepared."""

_uses: WeakKeyDictionary[Any, Counter[str]] = WeakKeyDictionary()
"""How often each driver's connection has executed what it prepares later."""

_plain: WeakSet[Any] = WeakSet()
"""Connections that turned out to have no session of their own."""


def execute(
    connection: BaseDatabaseWrapper,
    statement: Statement,
    values: Mapping[str, Any],
    after: int = 0,
) -> tuple[Any, ...]:
    """Execute the statement and return its one row.

    It is prepared once the connection has executed it ``after`` times: preparing is a
    statement more, for nothing on a connection that is closed soon.
    """
    with connection.cursor() as cursor:
        if _keeps_its_session(connection) and _is_worth_it(
            connection.connection, statement, after
        ):
            try:
                _execute_prepared(cursor, connection.connection, statement, values)
            except DatabaseError as error:
                if _state(error) not in ELSEWHERE:
                    raise
                # A pooler that the settings do not tell of, or somebody threw it away.
                logger.warning("Statements are not prepared any more: %s", error)
                _plain.add(connection.connection)
                if connection.in_atomic_block:
                    raise  # Whoever began the transaction has to repeat it.
                cursor.execute(statement.plain, values)
        else:
            cursor.execute(statement.plain, values)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def _execute_prepared(
    cursor: Any, driver: Any, statement: Statement, values: Mapping[str, Any]
) -> None:
    known = _prepared.setdefault(driver, set())
    if statement.name not in known:
        cursor.execute(statement.preparing)
        known.add(statement.name)
    cursor.execute(statement.executing, [values[name] for name in statement.names])


def _is_worth_it(driver: Any, statement: Statement, after: int) -> bool:
    if not after:
        return True
    uses = _uses.setdefault(driver, Counter())
    uses[statement.name] += 1
    return uses[statement.name] > after


def _keeps_its_session(connection: BaseDatabaseWrapper) -> bool:
    """Return whether one connection is one session of the server.

    Behind a pooler in transaction mode it is not, and Django wants that setting there.
    """
    if connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        return False
    return connection.connection not in _plain


def _state(error: BaseException) -> str | None:
    cause = error.__cause__ or error
    return getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
