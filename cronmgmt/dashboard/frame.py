"""What every page has: who looks at it, what they may do, and what was just done."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest

from cronmgmt.dashboard.access import may, require
from cronmgmt.dashboard.rows import Viewer


def let_in(request: HttpRequest) -> Viewer:
    """Return what the person may do, or raise Forbidden."""
    require(request, "view_scheduledjob")
    return Viewer(
        name=request.user.get_username(),
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
        "viewer": viewer,
        "page": request.path,
        "page_name": page,
        "notices": get_messages(request),
    }
    return {**frame, **context}


def _is_staff(request: HttpRequest) -> bool:
    # A host's own user model need not know the admin.
    return bool(getattr(request.user, "is_staff", False))
