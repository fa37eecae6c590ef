"""SELECTs that are made for every run: compiled by the ORM once, not each time."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from django.db import connections
from django.db.models import QuerySet

from cronmgmt import clock
from cronmgmt.models.base import database
from cronmgmt.models.compiled import filled


def select(
    build: Callable[..., QuerySet[Any]], *shape: Hashable, **values: object
) -> list[Any]:
    """Return the rows that ``build(*shape)`` stands for, as instances of its model.

    ``build`` leaves a Slot wherever a value goes that is not part of the shape; it is
    called once a process for each shape. Annotations become attributes.
    """
    # A time that is set for a test would be compiled in.
    compiled = _compiled if clock.fixed() is None else _compiled.__wrapped__
    return compiled(database(), build, shape).rows(values)


class _Selection:
    """A compiled statement, and how its rows become instances."""

    def __init__(self, alias: str, rows: QuerySet[Any]) -> None:
        self._alias, self._model = alias, rows.model
        compiler = rows.using(alias).query.get_compiler(alias)
        self._sql, self._params = compiler.as_sql()
        columns = [column for column, _, _ in compiler.select]
        self._converters = compiler.get_converters(columns)
        places = compiler.klass_info["select_fields"]
        self._fields = slice(places[0], places[-1] + 1)
        self._names = [column.target.attname for column in columns[self._fields]]
        self._annotated = compiler.annotation_col_map

    def rows(self, values: dict[str, object]) -> list[Any]:
        connection = connections[self._alias]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, filled(self._params, values, connection))
            found = cursor.fetchall()
        return [self._instance(list(row), connection) for row in found]

    def _instance(self, row: list[Any], connection: Any) -> Any:
        for place, (converters, expression) in self._converters.items():
            for convert in converters:
                row[place] = convert(row[place], expression, connection)
        made = self._model.from_db(self._alias, self._names, row[self._fields])
        for name, place in self._annotated.items():
            setattr(made, name, row[place])
        return made


@lru_cache(maxsize=500)
def _compiled(
    alias: str, build: Callable[..., QuerySet[Any]], shape: tuple[Hashable, ...]
) -> _Selection:
    return _Selection(alias, build(*shape))
