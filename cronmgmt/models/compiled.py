"""Places for values in statements that the ORM compiles once, not each time.

Compiling a statement takes the ORM longer than the database takes to execute it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression


class Slot(Expression):
    """The place of a value: that of a column, under a key of its own."""

    def __init__(
        self, model: type[models.Model], name: str, key: Hashable = None
    ) -> None:
        meta = model._meta
        field: Any = meta.pk if name == "pk" else meta.get_field(name)
        super().__init__(output_field=field)
        self.key = name if key is None else key

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return "%s", [self]


def filled(
    params: Iterable[Any],
    values: Mapping[Any, object],
    connection: BaseDatabaseWrapper,
) -> list[Any]:
    """Return a compiled statement's parameters with a value in place of each slot."""
    return [
        param.output_field.get_db_prep_save(values[param.key], connection)
        if isinstance(param, Slot)
        else param
        for param in params
    ]
