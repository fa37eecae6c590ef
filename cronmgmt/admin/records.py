"""Who did what, which occurrences did not run, and which nodes are up: to read."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cronmgmt.admin.reading import ReadOnlyAdmin
from cronmgmt.models import Activity, Gap, Node

BY_JOB = _("The whole name of a job.")


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    """Every attempt to act, allowed or refused."""

    list_display = ["at", "actor", "action", "job_name", "allowed", "source", "reason"]
    found_by = {"job_name": str}
    search_help_text = BY_JOB


@admin.register(Gap)
class GapAdmin(ReadOnlyAdmin):
    """Occurrences in a row that did not run."""

    list_display = ["job", "kind", "first", "last", "count", "reason"]
    list_select_related = ["job"]
    found_by = {"job__name": str}
    search_help_text = BY_JOB


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
