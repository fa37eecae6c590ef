"""INSERTs that are made for every piece of work: compiled once, not each time.

As with updates, compiling a statement takes the ORM longer than executing it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connections, models

from cronmgmt import clock
from cronmgmt.clock import NOW_TEXT
from cronmgmt.models.base import database

NOW = object()
"""As the value of a column of moments: the present by the runs' clock."""

Row = Mapping[str, Any]
"""What a new row has otherwise than by default, by field."""


class _Insert(NamedTuple):
    sql: str
    fields: tuple[Any, ...]
    """Those whose values stand in it, in order."""


def insert(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Write rows that all set the same fields; the others have their defaults.

    One row is one statement; into how many it packs more, the driver decides.
    """
    alias = database()
    connection = connections[alias]
    present = clock.fixed()
    now = frozenset(name for name, value in rows[0].items() if value is NOW)
    timed = now if present is None else frozenset[str]()
    compiled = _compiled(alias, model, tuple(rows[0]), timed)
    values = [
        [
            field.get_db_prep_save(
                present if field.name in now else row[field.name], connection
            )
            for field in compiled.fields
        ]
        for row in rows
    ]
    with connection.cursor() as cursor:
        if len(values) == 1:
            cursor.execute(compiled.sql, values[0])
        else:
            cursor.executemany(compiled.sql, values)


@lru_cache(maxsize=100)
def _compiled(
    alias: str, model: type[models.Model], names: tuple[str, ...], timed: frozenset[str]
) -> _Insert:
    connection = connections[alias]
    quote = connection.ops.quote_name
    columns: list[Any] = [
        field for field in model._meta.concrete_fields if not field.primary_key
    ]
    now = NOW_TEXT[str(connection.vendor)].replace("%", "%%")
    given = [field for field in columns if field.name in names]
    places = [
        now if field.name in timed else "%s" if field in given else literal(field)
        for field in columns
    ]
    sql = (
        f"INSERT INTO {quote(model._meta.db_table)} "
        f"({', '.join(quote(field.column) for field in columns)}) "
        f"VALUES ({', '.join(places)})"
    )
    return _Insert(sql, tuple(field for field in given if field.name not in timed))


def literal(field: Any) -> str:
    """Return a field's default as it stands in a statement."""
    value = field.get_default()
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(int(value)) if not isinstance(value, bool) else str(value).upper()
    assert value == "" or str(value).isalnum(), f"{field} has no plain default"
    return f"'{value}'"
