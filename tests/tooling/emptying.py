"""After a test that commits: empty the tables that it filled, and leave the others.

Django's flush empties every table there is and has all apps make again what they make
after a migration, which takes a second on a server.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any

from django.db import OperationalError, connections, transaction
from django.test import TransactionTestCase

Rows = dict[str, list[tuple[Any, ...]]]

made: dict[str, Rows] = {}
"""What a fresh database holds, by alias and table: what migrations make."""


def remember(aliases: Iterable[str]) -> None:
    """Take down what the tables hold before the first test."""
    for alias in aliases:
        with contextlib.suppress(OperationalError):  # No test of this run asks for it.
            made[alias] = {table: _rows(alias, table) for table in _filled(alias)}


def install() -> None:
    """Have tests that commit clean up after themselves by this module."""
    case_class: Any = TransactionTestCase
    flush = case_class._fixture_teardown

    def teardown(case: Any) -> None:
        for alias in case._databases_names(include_mirrors=False):
            if alias not in made or not _empty(alias):
                flush(case)
                break
        return None

    case_class._fixture_teardown = teardown


def _empty(alias: str) -> bool:
    """Empty what was filled; False if the test changed what migrations had made."""
    connection, kept = connections[alias], made[alias]
    quote = connection.ops.quote_name
    filled = [table for table in _filled(alias) if table not in kept]
    # Foreign keys are looked at when all is deleted, or on MariaDB not at all.
    with (
        connection.constraint_checks_disabled(),
        transaction.atomic(using=alias),
        connection.cursor() as cursor,
    ):
        for table in filled:
            cursor.execute(f"DELETE FROM {quote(table)}")
    return all(_rows(alias, table) == rows for table, rows in kept.items())


def _filled(alias: str) -> list[str]:
    connection = connections[alias]
    quote = connection.ops.quote_name
    tables = connection.introspection.django_table_names(
        only_existing=True, include_views=False
    )
    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})"  # noqa: S608
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [table for (table,) in cursor.fetchall()]


def _rows(alias: str, table: str) -> list[tuple[Any, ...]]:
    connection = connections[alias]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")  # noqa: S608
        return list(cursor.fetchall())
