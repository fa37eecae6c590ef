"""The history of runs, to read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cronmgmt.admin.base import Restricted
from cronmgmt.admin.display import page_of
from cronmgmt.admin.reading import ReadOnlyAdmin
from cronmgmt.models import JobRun

FIELDS = [
    "job_name",
    "execution_id",
    "status",
    "origin",
    "requested_by",
    "handler",
    "params",
    "queue",
    "priority",
    "lock_key",
    "concurrency",
    "scheduled_for",
    "intended_for",
    "available_at",
    "started_at",
    "finished_at",
    "duration",
    "attempt",
    "max_attempts",
    "losses",
    "worker",
    "items_processed",
    "cpu_seconds",
    "peak_memory",
    "rerun_of",
    "result",
]
ERRORS = ["reason", "error_class", "error_message", "traceback"]


class UnfinishedFilter(admin.SimpleListFilter):
    """Runs that wait or run; the others are the history."""

    title = _("progress")
    parameter_name = "unfinished"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("yes", _("unfinished"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "yes":
            return queryset.filter(finished_at=None)
        return queryset


@admin.register(JobRun)
class JobRunAdmin(Restricted, ReadOnlyAdmin):
    """Runs; the dashboard's page of a run has its log and its buttons."""

    list_display = [
        "id",
        "job_name",
        "status",
        "origin",
        "scheduled_for",
        "started_at",
        "duration",
    ]
    list_filter = [UnfinishedFilter]
    found_by = {"execution_id": UUID, "job__name": str}
    search_help_text = _("The whole name of a job, or an execution ID.")

    def get_fields(self, request: HttpRequest, obj: JobRun | None = None) -> Any:
        if request.user.has_perm("cronmgmt.view_error_jobrun"):
            return [*FIELDS, *ERRORS]
        return FIELDS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("checkpoint", "result", "traceback")

    def view_on_site(self, obj: JobRun) -> str | None:
        """Return the run's page."""
        return page_of("run", obj.execution_id)
