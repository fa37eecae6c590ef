"""UPDATEs that are made for every run: compiled by the ORM once, not each time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connections, models
from django.db.models import F
from django.db.models.sql import UpdateQuery

from cronmgmt import clock
from cronmgmt.models.base import database
from cronmgmt.models.compiled import Slot, filled


class Later(NamedTuple):
    """As a value: the present by the runs' clock, and so much more."""

    by: timedelta = timedelta()


class More(NamedTuple):
    """As a value: what the column holds, and so much more."""

    by: int = 1


NOW = Later()


def update(
    model: type[models.Model], changes: Mapping[str, Any], **where: object
) -> int:
    """Change the rows whose columns equal ``where``; return how many there were.

    A value is what the column takes, or one of NOW, Later and More; in ``where``, a
    list stands for any of what it holds.
    """
    shape = tuple((name, _kind(value)) for name, value in changes.items())
    counts = tuple((name, _count(value)) for name, value in where.items())
    # A time that is set for a test would be compiled in.
    compiled = _compiled if clock.fixed() is None else _compiled.__wrapped__
    alias = database()
    sql, params = compiled(alias, model, shape, counts)
    values: dict[tuple[str, str | int], object]
    values = {("new", name): value for name, value in changes.items()}
    for name, value in where.items():
        some = value if isinstance(value, list) else [value]
        values |= {(name, place): each for place, each in enumerate(some)}
    connection = connections[alias]
    with connection.cursor() as cursor:
        cursor.execute(sql, filled(params, values, connection))
        return int(cursor.rowcount)


def _kind(value: object) -> Later | More | None:
    return value if isinstance(value, Later | More) else None


def _count(value: object) -> int | None:
    return len(value) if isinstance(value, list) else None


@lru_cache(maxsize=500)
def _compiled(
    alias: str,
    model: type[models.Model],
    changes: tuple[tuple[str, Later | More | None], ...],
    where: tuple[tuple[str, int | None], ...],
) -> tuple[str, list[Any]]:
    wanted: dict[str, Any] = {}
    for name, count in where:
        slots = [Slot(model, name, (name, place)) for place in range(count or 1)]
        wanted |= {name: slots[0]} if count is None else {f"{name}__in": slots}
    rows = model._base_manager.using(alias).filter(**wanted)
    query: Any = rows.query.chain(UpdateQuery)
    query.add_update_values(
        {name: _expression(model, name, kind) for name, kind in changes}
    )
    sql, params = query.get_compiler(alias).as_sql()
    return sql, list(params)


def _expression(model: type[models.Model], name: str, kind: Later | More | None) -> Any:
    if isinstance(kind, Later):
        return clock.sql_now(kind.by)
    if isinstance(kind, More):
        return F(name) + kind.by
    return Slot(model, name, ("new", name))
