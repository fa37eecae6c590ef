"""Who did what, which occurrences did not run, and which nodes are up: to read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cronmgmt import queries
from cronmgmt.admin.base import Restricted, actor
from cronmgmt.admin.reading import ReadOnlyAdmin
from cronmgmt.models import Activity, Gap, Node, deed_name

SHORTLY = [
    "at",
    "actor",
    "deed",
    "job_name",
    "allowed",
    "failed",
    "unusual",
    "source",
]
BESIDES = ["address", "execution_id", "before", "after"]
BY_JOB = _("The whole name of a job.")


@admin.register(Activity)
class ActivityAdmin(Restricted, ReadOnlyAdmin):
    """Every attempt to act, allowed or refused."""

    found_by = {"job_name": str}
    search_help_text = BY_JOB

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [*SHORTLY, _reason_for(request)]

    @admin.display(description=_("action"), ordering="action")
    def deed(self, record: Activity) -> str:
        return str(deed_name(record.action))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.get_readonly_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*SHORTLY, *BESIDES, _reason_for(request)]


def _reason_for(request: HttpRequest) -> Callable[[Activity], str]:
    """Return the column of the reasons; that of a failure is an error's text."""
    allowed = actor(request).may("view_error_jobrun")

    @admin.display(description=_("reason"))
    def reason(record: Activity) -> str:
        return queries.shown_record(record, allowed=allowed)

    return reason


@admin.register(Gap)
class GapAdmin(Restricted, ReadOnlyAdmin):
    """Occurrences in a row that did not run."""

    list_display = ["job", "kind_of", "first", "last", "count", "reason"]
    list_select_related = ["job"]
    found_by = {"job__name": str}
    search_help_text = BY_JOB

    @admin.display(description=_("kind"))
    def kind_of(self, gap: Gap) -> str:
        return str(queries.KINDS.get(gap.kind, gap.kind))


@admin.register(Node)
class NodeAdmin(ReadOnlyAdmin):
    """Processes that schedule and work."""

    list_display = [
        "name",
        "instance",
        "workers",
        "started_at",
        "seen_at",
        "stopped_at",
    ]
