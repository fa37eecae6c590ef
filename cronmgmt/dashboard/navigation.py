"""What surrounds every page, a refusal too: the links above it and its appearance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

THEME_COOKIE = "cronmgmt_theme"
THEMES = {"auto": _("Automatic"), "light": _("Light"), "dark": _("Dark")}
"""Automatic is what the reader's system asks for."""


AGAIN = "live"
"""In the address: answer with the part that is looked at again."""

STILL = "still"
"""In the address: without scripts, do not reload by itself."""


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the navigation; ``current`` where the reader is, or is below it."""

    url: str
    label: str | Promise
    current: bool


PAGES = (
    ("jobs", _("Jobs"), "view_scheduledjob"),
    ("runs", _("Runs"), "view_jobrun"),
    ("upcoming", _("Upcoming"), "view_scheduledjob"),
    ("activity", _("Activity"), "view_activity"),
    ("system", _("System"), "view_node"),
)
BELOW = {
    "job": "jobs",
    "trigger": "jobs",
    "pause": "jobs",
    "run": "runs",
    "doctor": "system",
}
"""The page of the navigation under which another is."""


def surroundings(request: HttpRequest, page: str) -> dict[str, Any]:
    """Return what the base template needs, whoever asks."""
    return {
        "page": request.path,
        "page_name": page,
        "here": _address(request),
        "still": STILL in request.GET,
        "stopped": _address(request, **{STILL: "1"}),
        "reloading": _address(request, **{STILL: None}),
        "links": list(_links(request, BELOW.get(page, page))),
        "who": request.user.get_username(),
        "edits": _edits(request),
        "theme": theme(request),
        "themes": THEMES,
    }


def theme(request: HttpRequest) -> str:
    """Return ``light``, ``dark`` or ``auto``, as the reader last chose."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "auto"


def _address(request: HttpRequest, **changes: str | None) -> str:
    """Return this page's address, as a person would type it."""
    query = request.GET.copy()
    query.pop(AGAIN, None)
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _edits(request: HttpRequest) -> bool:
    # A host's own user model need not know the admin.
    is_staff = bool(getattr(request.user, "is_staff", False))
    return is_staff and request.user.has_perm("cronmgmt.change_scheduledjob")


def _links(request: HttpRequest, section: str) -> Iterator[Link]:
    for name, label, permission in PAGES:
        if not request.user.has_perm(f"cronmgmt.{permission}"):
            continue
        try:
            url = reverse(f"cronmgmt:{name}")
        except NoReverseMatch:
            continue  # A host may have URLs of its own instead of ours.
        yield Link(url, label, name == section)
