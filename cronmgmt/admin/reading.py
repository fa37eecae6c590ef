"""An admin that only shows, at a cost that does not grow with history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from cronmgmt.admin.base import Recorded
from cronmgmt.admin.paging import LatestPaginator


class ReadOnlyAdmin(Recorded):
    """Latest rows first; found by whole values of indexed columns, never by parts."""

    found_by: Mapping[str, Callable[[str], Any]] = {}
    """Indexed columns that a search compares with all that was typed, and how the text
    becomes a value of the column; ValueError when it cannot."""

    paginator = LatestPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0
    ordering = ["-pk"]
    sortable_by = ()
    actions: Any = None

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return tuple(self.found_by)  # Shows the search box.

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        for column, read in self.found_by.items():
            try:
                return queryset.filter(**{column: read(term)}), False
            except ValueError:
                continue
        return queryset.none(), False

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Refuse to filter by what no index answers."""
        known = [getattr(each, "parameter_name", None) for each in self.list_filter]
        return lookup in known

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
