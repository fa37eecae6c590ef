"""What a client sent, and what it wants to read: HTML or JSON."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from cronmgmt.models import JobRun

HTML, JSON = "text/html", "application/json"


def wants_json(request: HttpRequest, otherwise: str = HTML) -> bool:
    """Tell whether to answer with JSON; ``otherwise`` decides for who takes both."""
    if request.content_type == JSON:
        return True
    known = [otherwise, JSON if otherwise == HTML else HTML]
    return (request.get_preferred_type(known) or otherwise) == JSON


def read_body(request: HttpRequest, *known: str) -> dict[str, Any]:
    """Return what a form or a JSON object holds; only a form may hold more than known.

    Raises BadRequest: a misspelt key must not go unnoticed.
    """
    if request.content_type != JSON:
        return dict(request.POST.items())
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise BadRequest(_("The body is not JSON.")) from None
    if not isinstance(body, dict):
        raise BadRequest(_("The body must be a JSON object."))
    if unknown := ", ".join(body.keys() - set(known)):
        raise BadRequest(
            _("Unknown: %(unknown)s; known: %(known)s.")
            % {"unknown": unknown, "known": ", ".join(known)}
        )
    return body


def done(
    request: HttpRequest,
    message: str,
    facts: dict[str, Any],
    status: int = 200,
    page: str = "",
) -> HttpResponse:
    """Answer a verb that was done: facts to programs, ``page`` to people.

    Without one they see again where they came from.
    """
    if wants_json(request):
        return JsonResponse(facts, status=status)
    messages.success(request, message, fail_silently=True)
    answer = HttpResponseRedirect(page or page_before(request))
    answer.status_code = 303
    return answer


def queued(request: HttpRequest, run: JobRun, page: str = "") -> HttpResponse:
    """Answer that a run waits for its worker."""
    return done(request, *queued_facts(run), status=202, page=page)


def queued_facts(run: JobRun) -> tuple[str, dict[str, Any]]:
    """Return what people and programs are told of a run that waits for its worker."""
    message = _("%(job)s is queued; it starts as soon as a worker is free.") % {
        "job": run.job_name
    }
    return message, {"jobName": run.job_name, "executionId": str(run.execution_id)}


def page_before(request: HttpRequest, otherwise: str = "") -> str:
    """Return the page of this site that is named as ``next``, or the list."""
    page = request.POST.get("next", "") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return page
    return otherwise or reverse("cronmgmt:jobs")
