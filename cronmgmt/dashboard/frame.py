"""What every page has: who looks at it, what they may do, and what was just done."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse

from cronmgmt.dashboard import live
from cronmgmt.dashboard.access import actor, may, require
from cronmgmt.dashboard.navigation import AGAIN, surroundings
from cronmgmt.dashboard.rows import Viewer


def let_in(request: HttpRequest, permission: str = "view_scheduledjob") -> Viewer:
    """Return what the person may do, or raise Forbidden."""
    require(request, permission)
    return Viewer(
        name=request.user.get_username(),
        actor=actor(request),
        trigger=may(request, "trigger_scheduledjob"),
        switch=may(request, "switch_scheduledjob"),
        cancel=may(request, "cancel_jobrun"),
        rerun=may(request, "rerun_jobrun"),
        errors=may(request, "view_error_jobrun"),
        edit=_is_staff(request) and may(request, "change_scheduledjob"),
    )


def framed(
    request: HttpRequest, page: str, viewer: Viewer, context: dict[str, Any]
) -> dict[str, Any]:
    """Return a page's context with what all pages have."""
    frame = {
        **surroundings(request, page),
        "viewer": viewer,
        "notices": get_messages(request) if AGAIN not in request.GET else [],
    }
    return {**frame, **context}


def show(
    request: HttpRequest, page: str, viewer: Viewer, context: dict[str, Any]
) -> HttpResponse:
    """Answer with a page, or with the part of it that is looked at again.

    ``context["seconds"]`` says how soon to look again; None or left out: the page does
    not live. What depends on the time is a value in the context, not computed while
    rendering: else a browser would not learn of it.
    """
    return live.answer(request, page, framed(request, page, viewer, context))


def _is_staff(request: HttpRequest) -> bool:
    # A host's own user model need not know the admin.
    return bool(getattr(request.user, "is_staff", False))
