"""The form of a job, section by section; what is seldom needed is folded."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cronmgmt import queries
from cronmgmt.admin import display
from cronmgmt.admin.parameters import OWNER, Shown
from cronmgmt.admin.preview import preview
from cronmgmt.models import ScheduledJob

COMPUTED: list[Any] = [
    display.state,
    preview,
    "next_run_at",
    display.last_result,
    "last_started_at",
]

MAIN = ["name", "title", "handler"]
SCHEDULE = ["schedule_kind", "schedule_expression", "timezone"]
SWITCH = ["enabled", "off_until", "off_reason"]
PEOPLE = ["description", "purpose", "dependencies", "owner", "tags"]
TOLD = ["mail_requester", "mail_to"]
BOUNDS = ["starts_at", "ends_at", "calendar", "on_holiday", "jitter"]
TROUBLE = [
    "overlap",
    "lock_key",
    "concurrency",
    "misfire",
    "grace",
    "start_deadline",
    "max_attempts",
    "backoff",
    "backoff_ceiling",
    "retry_on",
    "on_lost",
]
LIMITS = [
    "queue",
    "priority",
    "expected_duration",
    "failure_aim",
    "timeout",
    "memory_limit",
]
KEPT = ["retention", "failure_retention", "keep_last", "keep_most"]

FOLDED = (
    (
        _("If it overlaps, is late or fails"),
        TROUBLE,
        ("overlap", "misfire", "start_deadline", "max_attempts"),
    ),
    (_("Who is told"), TOLD, ("mail_to",)),
    (_("Queue and limits"), LIMITS, ("queue", "timeout", "memory_limit")),
    (_("Bounds of the schedule"), BOUNDS, ("calendar", "jitter")),
    (_("For people"), PEOPLE, ()),
    (_("How long it is kept"), KEPT, ("retention",)),
)
"""Sections by their titles, with the policies that say what counts in each."""


def fieldsets(
    shown: Shown | None,
    description: Any = "",
    marked: Collection[str] = (),
    job: ScheduledJob | None = None,
) -> list[Any]:
    """Return the sections; ``shown`` None: the parameters are only to be read.

    A section in which a field is marked is not folded. Those that are say what counts
    for the job as it is stored.
    """
    names = [*shown.names, OWNER] if shown else ["params"]
    if names == [OWNER]:
        description = description or _("This handler takes no parameters.")
    said = {"mail_to": str(_("Nobody is mailed."))}
    for policy in queries.policies(job or ScheduledJob()):
        said[policy.key] = policy.sentence
    folded = [
        _folded(title, fields, marked, [said[key] for key in keys if key in said])
        for title, fields, keys in FOLDED
    ]
    return [
        (None, {"fields": MAIN}),
        (_("Parameters"), {"fields": names, "description": description}),
        (_("Schedule"), {"fields": [*SCHEDULE, *COMPUTED]}),
        (_("On and off"), {"fields": SWITCH}),
        *folded,
    ]


def _folded(
    title: Any, fields: list[str], marked: Collection[str], sentences: list[str]
) -> tuple[Any, dict[str, Any]]:
    """Return a section whose heading says what counts: folded, that is all of it."""
    is_marked = not set(fields).isdisjoint(marked)
    if sentences:
        counts = " ".join(sentences)
        title = format_html('{} <span class="cronmgmt-counts">{}</span>', title, counts)
    return title, {"fields": fields, "classes": [] if is_marked else ["collapse"]}
