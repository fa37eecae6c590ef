"""What was raised on purpose -> a status and a sentence, as a page or as JSON."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from cronmgmt.dashboard.navigation import surroundings
from cronmgmt.dashboard.speaking import page_before
from cronmgmt.errors import (
    Blocked,
    CronmgmtError,
    Forbidden,
    InvalidParameters,
    KeyReused,
    UnderWay,
    UnknownJob,
    UnknownRun,
)

STATUS: dict[type[Exception], int] = {
    Forbidden: 403,
    UnknownJob: 404,
    UnknownRun: 404,
    Http404: 404,
    InvalidParameters: 400,
    BadRequest: 400,
    KeyReused: 422,
    CronmgmtError: 409,
    ValidationError: 409,  # The row itself is broken: edited by hand, say.
}
"""The first that fits decides."""

EXPECTED = tuple(STATUS)

TITLES = {
    400: _("That cannot be used"),
    403: _("Not allowed"),
    404: _("Not found"),
    409: _("That cannot be done now"),
    422: _("That cannot be used"),
}


def refuse(request: HttpRequest, error: Exception, *, as_json: bool) -> HttpResponse:
    """Answer what is refused with its reason and the run that is in the way."""
    answer = _refused(request, error, as_json=as_json)
    if isinstance(error, UnderWay):
        answer["Retry-After"] = "1"
    return answer


def _refused(request: HttpRequest, error: Exception, *, as_json: bool) -> HttpResponse:
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    blocker = error.execution_id if isinstance(error, Blocked) else ""
    if as_json:
        body: dict[str, Any] = {"error": sentence(error)}
        if blocker:
            body["executionId"] = blocker
        return JsonResponse(body, status=status)
    context = {
        **surroundings(request, "refused"),
        "title": TITLES[status],
        "sentence": sentence(error),
        "blocker": blocker,
        "back": page_before(request) if _may_look(request) else "",
    }
    return render(request, "cronmgmt/refused.html", context, status=status)


def sentence(error: Exception) -> str:
    """Return the reason as it is shown."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return str(error)


def _may_look(request: HttpRequest) -> bool:
    return request.user.has_perm("cronmgmt.view_scheduledjob")
