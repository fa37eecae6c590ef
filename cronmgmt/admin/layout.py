"""The form of a job, section by section; what is seldom needed is folded."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from cronmgmt.admin import display
from cronmgmt.admin.parameters import OWNER, Shown

COMPUTED: list[Any] = [
    display.state,
    display.preview,
    "next_run_at",
    display.last_result,
    "last_started_at",
]

MAIN = ["name", "title", "handler"]
SCHEDULE = ["schedule_kind", "schedule_expression", "timezone"]
SWITCH = ["enabled", "off_until", "off_reason"]
PEOPLE = ["description", "purpose", "dependencies", "owner", "tags"]
BOUNDS = [
    "starts_at",
    "ends_at",
    "calendar",
    "on_holiday",
    "jitter",
    "misfire",
    "grace",
]
POLICIES = [
    "queue",
    "priority",
    "overlap",
    "lock_key",
    "concurrency",
    "timeout",
    "expected_duration",
    "max_attempts",
    "backoff",
    "backoff_ceiling",
    "retry_on",
    "start_deadline",
    "memory_limit",
    "on_lost",
    "retention",
]


def fieldsets(
    shown: Shown | None, description: Any = "", marked: Collection[str] = ()
) -> list[Any]:
    """Return the sections; ``shown`` None: the parameters are only to be read.

    A section in which a field is marked is not folded.
    """
    names = [*shown.names, OWNER] if shown else ["params"]
    if names == [OWNER]:
        description = description or _("This handler takes no parameters.")
    return [
        (None, {"fields": MAIN}),
        (_("Parameters"), {"fields": names, "description": description}),
        (_("Schedule"), {"fields": [*SCHEDULE, *COMPUTED]}),
        (_("On and off"), {"fields": SWITCH}),
        (_("For people"), _folded(PEOPLE, marked)),
        (_("Bounds of the schedule"), _folded(BOUNDS, marked)),
        (_("How it runs"), _folded(POLICIES, marked)),
    ]


def _folded(fields: list[str], marked: Collection[str]) -> dict[str, Any]:
    is_marked = not set(fields).isdisjoint(marked)
    return {"fields": fields, "classes": [] if is_marked else ["collapse"]}
