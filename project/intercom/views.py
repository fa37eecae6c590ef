"""The stand-in API as a part of the demo site; it is there only with DEBUG on."""

from __future__ import annotations

import os

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from project.intercom.stand_in import StandIn

stand_in = StandIn(os.environ.get("INTERCOM_TOKEN", ""))


@csrf_exempt
@require_POST
def contacts(request: HttpRequest) -> JsonResponse:
    """Take a contact."""
    reply = stand_in.receive(
        request.headers.get("Authorization", ""),
        request.headers.get("Idempotency-Key", ""),
        request.body.decode(errors="replace"),
    )
    return JsonResponse(reply.content, status=reply.status, headers=reply.headers)


@require_GET
def counts(request: HttpRequest) -> JsonResponse:
    """Say how many contacts there are, and what else was counted."""
    return JsonResponse({"contacts": len(stand_in.contacts), **stand_in.counts})
