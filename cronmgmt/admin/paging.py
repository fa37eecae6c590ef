"""Pages of a table that grows: counted only as far as anyone turns them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

MOST = 1000

if TYPE_CHECKING:
    AnyPaginator = Paginator[Any]
else:
    AnyPaginator = Paginator


class LatestPaginator(AnyPaginator):
    """The latest rows only; older ones are found by search."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, up to the most that are shown."""
        rows: QuerySet[Any] = self.object_list[:MOST]  # type: ignore[assignment]
        return rows.count()

    @property
    def is_cut(self) -> bool:
        """Whether there may be more rows than are shown."""
        return self.count >= MOST
