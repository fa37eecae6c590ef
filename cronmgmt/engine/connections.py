"""What a handler may leave behind in its database connections, and its removal."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger("cronmgmt.engine")

# Taken as they come, never again in another way: that would take for ever.
_COMMENTS = r"(?>\s|\(|--[^\n]*\n|/\*.*?\*/)*+"
# What leaves nothing behind but data; the effect of anything else may outlive the
# transaction, and the next run would inherit it.
_PLAIN = re.compile(
    rf"{_COMMENTS}(SELECT|INSERT|UPDATE|DELETE|WITH|VALUES|MERGE|REPLACE|EXPLAIN"
    r"|SAVEPOINT|RELEASE|ROLLBACK|COMMIT|BEGIN"
    # Ours: whoever comes next finds them by what they say.
    r"|(?:PREPARE|EXECUTE) cronmgmt_\w+)\b",
    re.IGNORECASE | re.DOTALL,
)
_BEGINS = re.compile(rf"{_COMMENTS}(BEGIN|START)\b", re.IGNORECASE | re.DOTALL)
_LASTING_CALL = re.compile(r"set_config|advisory_lock|get_lock", re.IGNORECASE)


class _Traces:
    """Notes which connections a handler left another than it found them."""

    def __init__(self) -> None:
        self.depth = {c.alias: len(c.atomic_blocks) for c in _all()}
        self.suspicious: set[str] = set()

    def spy(self, alias: str) -> Callable[..., Any]:
        # MariaDB's driver does not tell; Django begins there without a statement.
        begins = connections[alias].vendor == "mysql"

        def execute(
            run: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]
        ) -> Any:
            start = sql[:1000] if isinstance(sql, str) else ""
            if not _is_plain(start) or (begins and _BEGINS.match(start)):
                self.suspicious.add(alias)
            return run(sql, params, many, context)

        return execute


@contextmanager
def tidied() -> Iterator[Callable[[], None]]:
    """Undo what the block leaves in any connection: the next run starts clean.

    Yields a function that marks every connection as doubtful; call it when the
    handler was interrupted, perhaps in the middle of the driver's protocol.
    """
    traces = _Traces()

    def distrust() -> None:
        traces.suspicious.update(connection.alias for connection in _all())

    try:
        with ExitStack() as spies:
            for connection in _all():
                spies.enter_context(
                    connection.execute_wrapper(traces.spy(connection.alias))
                )
            yield distrust
    finally:
        for connection in _all():
            _tidy(connection, traces)


def close_all() -> None:
    """Close every connection, also one whose driver says that it is closed already."""
    for connection in connections.all(initialized_only=True):
        try:
            connection.close()
        except Exception:
            logger.debug("Closing %s failed", connection.alias, exc_info=True)


def _tidy(connection: BaseDatabaseWrapper, traces: _Traces) -> None:
    before = traces.depth.get(connection.alias, 0)
    try:
        if before:
            _leave_to_the_caller(connection, before)
        elif connection.atomic_blocks or connection.closed_in_transaction:
            _discard(connection)
        elif connection.connection is not None:
            if (
                connection.alias in traces.suspicious
                or not connection.get_autocommit()
                or _has_begun(connection)
                or connection.errors_occurred
                and not connection.is_usable()
            ):
                connection.close()
            else:
                # Not by its age, as after a web request: a drain may be 1,000 runs.
                connection.errors_occurred = False
    except Exception:
        logger.warning("Connection %s is discarded", connection.alias, exc_info=True)
        _discard(connection)


def _leave_to_the_caller(connection: BaseDatabaseWrapper, depth: int) -> None:
    """Roll back what was opened inside a transaction of the caller's, no more."""
    while len(connection.atomic_blocks) > depth:
        connection.atomic_blocks[-1].__exit__(_LeftOpen, _LeftOpen(), None)


class _LeftOpen(Exception):
    """What a block that was never left is rolled back with."""


def _is_plain(sql: str) -> bool:
    return bool(_PLAIN.match(sql)) and not _LASTING_CALL.search(sql)


def _has_begun(connection: BaseDatabaseWrapper) -> bool:
    """Return whether the driver has a transaction open that Django knows nothing of."""
    driver: Any = connection.connection
    if connection.vendor == "sqlite":
        return bool(driver.in_transaction)
    if connection.vendor == "postgresql" and hasattr(driver, "info"):
        # Psycopg 3 has it as an attribute of its connection info: 0 is idle.
        return int(driver.info.transaction_status) != 0
    return False


def _discard(connection: BaseDatabaseWrapper) -> None:
    """Drop a connection with whatever it has open; the next use makes a new one."""
    try:
        if connection.connection is not None:
            connection.connection.close()
    except Exception:
        logger.debug("Closing %s failed", connection.alias, exc_info=True)
    connection.connection = None  # Closing it twice is an error on MariaDB.
    del connections[connection.alias]


def _all() -> list[BaseDatabaseWrapper]:
    return list(connections.all())
