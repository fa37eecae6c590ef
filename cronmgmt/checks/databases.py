"""Checks of the database that holds the runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.core.checks import CheckMessage, Error, Warning
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from cronmgmt.conf import conf
from cronmgmt.models import database

SQLITE_BUSY = 20
"""Seconds that a writer on SQLite must be willing to wait for another."""

SESSION = """
SHOW VARIABLES WHERE variable_name IN
('tx_isolation', 'transaction_isolation', 'character_set_client',
 'character_set_connection', 'character_set_results', 'character_set_database')
"""
OTHER_CHARSETS = """
SELECT DISTINCT table_name FROM information_schema.columns
WHERE table_schema = DATABASE() AND table_name LIKE 'cronmgmt\\_%'
AND character_set_name <> 'utf8mb4' ORDER BY table_name
"""


def sqlite_is_ready(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> Iterator[CheckMessage]:
    """Several processes write to one SQLite file: it must be told to let them."""
    connection = connections[database()]
    if connection.vendor != "sqlite" or connection.alias not in (databases or ()):
        return
    options = connection.settings_dict.get("OPTIONS", {})
    if options.get("transaction_mode") != "IMMEDIATE":
        yield Warning(
            "SQLite transactions that begin with a read fail when another writes.",
            hint='Set OPTIONS = {"transaction_mode": "IMMEDIATE", …} for this database.',
            id="cronmgmt.W001",
        )
    if options.get("timeout", 5) < SQLITE_BUSY:
        yield Warning(
            "SQLite gives up waiting for another writer too soon.",
            hint=f'Set OPTIONS = {{"timeout": {SQLITE_BUSY}, …}} for this database.',
            id="cronmgmt.W002",
        )
    lease = conf.LEASE
    if isinstance(lease, timedelta) and lease.total_seconds() < 3 * options.get(
        "timeout", 5
    ):
        yield Warning(
            "A worker that waits for the SQLite file may lose its lease meanwhile.",
            hint="Make CRONMGMT['LEASE'] at least three times the database's timeout.",
            id="cronmgmt.W003",
        )
    if "wal" not in str(options.get("init_command", "")).lower():
        yield Warning(
            "SQLite readers wait for writers unless the journal is a WAL.",
            hint='Set OPTIONS = {"init_command": "PRAGMA journal_mode=WAL;", …}.',
            id="cronmgmt.W004",
        )


def postgresql_is_ready(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> Iterator[CheckMessage]:
    """What handlers print and return may be any text."""
    connection = connections[database()]
    if connection.vendor != "postgresql" or connection.alias not in (databases or ()):
        return
    ((encoding,),) = _ask(connection, "SHOW server_encoding")
    if encoding != "UTF8":
        yield Error(
            f"The PostgreSQL database has the encoding {encoding}: not every text fits.",
            hint="Move the data into a database made WITH ENCODING 'UTF8'.",
            id="cronmgmt.E007",
        )


def mysql_is_ready(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> Iterator[CheckMessage]:
    """MariaDB and MySQL must take any text, and lock no more than what is changed."""
    connection = connections[database()]
    if connection.vendor != "mysql" or connection.alias not in (databases or ()):
        return
    session = dict(_ask(connection, SESSION))
    level = session.get("transaction_isolation") or session.get("tx_isolation")
    if level != "READ-COMMITTED":
        yield Warning(
            f"Transactions are {level}: workers and schedulers lock each other out.",
            hint='Set OPTIONS = {"isolation_level": "read committed", …}.',
            id="cronmgmt.W006",
        )
    spoken = [
        session[f"character_set_{x}"] for x in ("client", "connection", "results")
    ]
    if set(spoken) != {"utf8mb4"}:
        yield Error(
            f"The connection's character set is {spoken[0]}: it refuses text.",
            hint='Set OPTIONS = {"charset": "utf8mb4", …} for this database.',
            id="cronmgmt.E008",
        )
    yield from _tables(connection, session["character_set_database"])


def _tables(connection: BaseDatabaseWrapper, default: str) -> Iterator[CheckMessage]:
    others = [name for (name,) in _ask(connection, OTHER_CHARSETS)]
    if others:
        yield Error(
            f"Tables have another character set than utf8mb4: {', '.join(others)}.",
            hint="ALTER TABLE … CONVERT TO CHARACTER SET utf8mb4; for each of them.",
            id="cronmgmt.E009",
        )
    if default != "utf8mb4":
        yield Error(
            f"New tables would have the character set {default}: it refuses text.",
            hint="ALTER DATABASE … CHARACTER SET utf8mb4; before migrate.",
            id="cronmgmt.E010",
        )


def _ask(connection: BaseDatabaseWrapper, sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
