"""Many pieces of work at once: in one statement on PostgreSQL, else as the driver can."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

from django.db import connections

from cronmgmt import clock
from cronmgmt.clock import NOW_TEXT
from cronmgmt.engine import postgresql
from cronmgmt.engine.prepared import Statement, execute
from cronmgmt.engine.transactions import in_transaction, repeated
from cronmgmt.models import JobRun, database
from cronmgmt.models.inserting import NOW, Row, insert, literal

BATCH = 5_000
"""Rows of one statement: it is held in memory here and on the server."""


def insert_many(shared: Row, rows: Sequence[Row]) -> None:
    """Write a run for each of ``rows``; what they have in common is ``shared``.

    They keep their order: ids grow with it. Each of ``rows`` sets the same fields,
    with text or JSON as values.
    """
    if len(rows) == 1:
        repeated(partial(_insert_one, {**shared, **rows[0]}))
    elif rows:
        in_transaction(partial(_insert_in_batches, shared, rows))


PREPARED_AFTER = 3
"""Single runs that one connection wrote, before PostgreSQL plans that once."""


def _insert_one(row: Row) -> None:
    connection = connections[database()]
    # Inside a transaction of the caller's a statement that turns out not to be there,
    # behind a pooler that the settings do not tell of, would end all of it.
    if connection.in_atomic_block or clock.fixed() or not postgresql.is_usable():
        insert(JobRun, [row])
        return
    moments = frozenset(name for name, value in row.items() if value is NOW)
    statement, fields = _statement(database(), tuple(row), moments)
    values = {
        field.name: field.get_db_prep_save(row[field.name], connection)
        for field in fields
    }
    execute(connection, statement, values, after=PREPARED_AFTER)


@lru_cache(maxsize=100)
def _statement(
    alias: str, names: tuple[str, ...], moments: frozenset[str]
) -> tuple[Statement, tuple[Any, ...]]:
    """Return the statement that writes a run with these fields, and those it is told."""
    connection = connections[alias]
    quote = connection.ops.quote_name
    columns: list[Any] = [
        field for field in JobRun._meta.concrete_fields if not field.primary_key
    ]
    told = tuple(f for f in columns if f.name in names and f.name not in moments)
    values = [
        NOW_TEXT["postgresql"]
        if field.name in moments
        else f"{{{field.name}}}"
        if field in told
        else literal(field)
        for field in columns
    ]
    sql = (
        f"INSERT INTO {quote(JobRun._meta.db_table)} "
        f"({', '.join(quote(field.column) for field in columns)}) "
        f"VALUES ({', '.join(values)}) RETURNING id"
    )
    types = {field.name: type_of(field) for field in told}
    return Statement("cronmgmt_insert", sql, types), told


def type_of(field: Any) -> str:
    """Return the type of a column without its length.

    A value that is cast to that is cut silently; one that is too long for its column
    is refused.
    """
    return LENGTH.sub("", str(field.db_type(connections[database()])))


LENGTH = re.compile(r"\(.*?\)")


def _insert_in_batches(shared: Row, rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        if postgresql.is_usable():
            _insert_by_statement(shared, batch)
        else:
            insert(JobRun, [{**shared, **row} for row in batch])


def _insert_by_statement(shared: Row, rows: Sequence[Row]) -> None:
    connection = connections[database()]
    quote = connection.ops.quote_name
    columns, values, params, own = [], [], [], []
    fields: Any = JobRun._meta.concrete_fields
    for field in fields:
        if field.primary_key:
            continue
        column = quote(field.column)
        columns.append(column)
        if field.name in rows[0]:
            values.append(f"work.{column}")
            own.append(f"{column} {type_of(field)}")
        elif shared.get(field.name) is NOW and clock.fixed() is None:
            values.append(NOW_TEXT["postgresql"])
        elif field.name in shared:
            values.append(f"%s::{type_of(field)}")
            params.append(
                field.get_db_prep_save(_value(shared[field.name]), connection)
            )
        else:
            values.append(literal(field))
    table = quote(JobRun._meta.db_table)
    sql = (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} "
        f"FROM json_to_recordset(%s::json) AS work ({', '.join(own)})"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, json.dumps(rows)])


def _value(value: Any) -> Any:
    return clock.fixed() if value is NOW else value
