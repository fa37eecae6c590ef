"""UPDATEs that are made for every run: compiled by the ORM once, not each time.

Compiling a statement takes the ORM longer than the database takes to execute it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connections, models
from django.db.models import Expression, F
from django.db.models.sql import UpdateQuery

from cronmgmt import clock
from cronmgmt.models.base import database


class Later(NamedTuple):
    """As a value: the present by the runs' clock, and so much more."""

    by: timedelta = timedelta()


class More(NamedTuple):
    """As a value: what the column holds, and so much more."""

    by: int = 1


NOW = Later()


class _Slot(Expression):
    """The place of a value in a compiled statement."""

    def __init__(self, model: type[models.Model], name: str, *, is_new: bool) -> None:
        meta = model._meta
        field: Any = meta.pk if name == "pk" else meta.get_field(name)
        super().__init__(output_field=field)
        self.name, self.is_new = name, is_new

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return "%s", [self]


def update(
    model: type[models.Model], changes: Mapping[str, Any], **where: object
) -> int:
    """Change the rows whose columns equal ``where``; return how many there were.

    A value is what the column takes, or one of NOW, Later and More.
    """
    shape = tuple((name, _kind(value)) for name, value in changes.items())
    # A time that is set for a test would be compiled in.
    compiled = _compiled if clock.fixed() is None else _compiled.__wrapped__
    alias = database()
    sql, slots = compiled(alias, model, shape, tuple(where))
    connection = connections[alias]
    params = []
    for slot in slots:
        if isinstance(slot, _Slot):
            value = (changes if slot.is_new else where)[slot.name]
            slot = slot.output_field.get_db_prep_save(value, connection)
        params.append(slot)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def _kind(value: object) -> Later | More | None:
    return value if isinstance(value, Later | More) else None


@lru_cache(maxsize=500)
def _compiled(
    alias: str,
    model: type[models.Model],
    changes: tuple[tuple[str, Later | More | None], ...],
    where: tuple[str, ...],
) -> tuple[str, list[Any]]:
    rows = model._base_manager.using(alias).filter(
        **{name: _Slot(model, name, is_new=False) for name in where}
    )
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
    return _Slot(model, name, is_new=True)
