"""``Idempotency-Key`` -> what is sent again is done once, and answered as before.

The terms are those of draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from cronmgmt.api import shapes
from cronmgmt.api.examples import RUN
from cronmgmt.api.problems import MEDIA_TYPE
from cronmgmt.api.schema import documented
from cronmgmt.api.views import View
from cronmgmt.engine import idempotency
from cronmgmt.engine.idempotency import (
    HEADER,
    LONGEST,
    REPLAYED,
    Answer,
    fingerprint_of,
    key_of,
)
from cronmgmt.errors import KeyReused, UnderWay

KEPT = ("Location", "ETag")


class Reused(APIException):
    """The key was another request's."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


class Unfinished(APIException):
    """The first request under the key is not answered yet."""

    status_code = status.HTTP_409_CONFLICT
    wait = 0.5
    """Seconds; it is rounded up."""


def once(view: View, deed: Callable[[], Response]) -> Response:
    """Answer with what ``deed`` does, or did under the key that the request names.

    To be called when it is known that they may, and the body was read: what is refused
    before it concerns no key. Raises BadRequest, Reused and Unfinished.
    """
    request = view.request
    key = key_of(request._request)
    if key is None:
        return deed()
    same = fingerprint_of(request._request, request.data)
    try:
        answer = idempotency.once(view.actor, key, same, lambda: _to_keep(deed()))
    except KeyReused as error:
        raise Reused(str(error)) from error
    except UnderWay as error:
        raise Unfinished(str(error)) from error
    headers = {**answer.headers, **({REPLAYED: "true"} if answer.replayed else {})}
    return Response(json.loads(answer.body), status=answer.status, headers=headers)


def followed_at(view: View, execution_id: Any) -> dict[str, str]:
    """Return the header that says where a run can be followed."""
    match = view.request.resolver_match
    name = ":".join([*match.namespaces, "run"]) if match else "cronmgmt_api:run"
    return {"Location": reverse(name, args=[execution_id])}


def _to_keep(response: Response) -> Answer:
    body = JSONRenderer().render(response.data).decode()
    headers = {name: response[name] for name in KEPT if response.has_header(name)}
    return Answer(response.status_code, body, headers)


def keyed(
    summary: str,
    answers: Mapping[int, Any],
    *,
    examples: Sequence[OpenApiExample] = (),
    asks: Sequence[OpenApiParameter] = (),
    **rest: Any,
) -> Callable[[Any], Any]:
    """Say what an endpoint does that takes a key; otherwise as ``documented``."""
    reused = OpenApiResponse(shapes.Problem, description=REUSED)
    return documented(
        summary,
        {**answers, (422, MEDIA_TYPE): reused},  # type: ignore[dict-item]
        asks=[*asks, KEY, WAS_REPLAYED],
        examples=[*examples, *PROBLEMS],
        **rest,
    )


REUSED = "The Idempotency-Key was another request's."
KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description=(
        "Make one for each request, such as a UUID, and send it again with the request: "
        "what was done is not done twice, and answered as the first time."
    ),
    examples=[OpenApiExample("A UUID", value="8e03978e-40d5-43e8-bc93-6894a57f9324")],
)
WAS_REPLAYED = OpenApiParameter(
    REPLAYED,
    {"type": "string", "enum": ["true"]},
    OpenApiParameter.HEADER,
    response=[200, 202],
    description="There if this is the answer of an earlier request under the key.",
)
LOCATION = OpenApiParameter(
    "Location",
    {"type": "string", "format": "uri-reference"},
    OpenApiParameter.HEADER,
    response=[202],
    description="Where the run can be followed.",
)


def _problem(name: str, code: int, title: str, detail: str, **more: str) -> Any:
    value = {"type": "about:blank", "title": title, "status": code, "detail": detail}
    return OpenApiExample(
        name,
        value={**value, **more},
        response_only=True,
        status_codes=[str(code)],
        media_type=MEDIA_TYPE,
    )


PROBLEMS = [
    _problem(
        "A run is in the way",
        409,
        "Conflict",
        "nightly: run 17 is running, and runs of this job do not overlap.",
        executionId=RUN,
    ),
    _problem(
        "The first request is under way",
        409,
        "Conflict",
        "A request under this Idempotency-Key is under way.",
    ),
    _problem(
        "Another request's key",
        422,
        "Unprocessable Entity",
        "Another request was made under this Idempotency-Key; take a new one.",
    ),
]
