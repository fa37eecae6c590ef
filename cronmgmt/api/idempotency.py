"""``Idempotency-Key`` -> what is sent again is done once, and answered as before.

The terms are those of draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import BadRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from cronmgmt.api import shapes
from cronmgmt.api.examples import RUN
from cronmgmt.api.problems import MEDIA_TYPE
from cronmgmt.api.schema import documented
from cronmgmt.api.views import View
from cronmgmt.engine import idempotency
from cronmgmt.engine.idempotency import Answer
from cronmgmt.errors import KeyReused, UnderWay
from cronmgmt.text import digest

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = ("Location", "ETag")
LONGEST = 255

PRINTABLE = re.compile(r"[ -~]+")
QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
"""A String as RFC 9651 has it: the draft wants one, and many programs send none."""


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
    key = key_of(request)
    if key is None:
        return deed()
    try:
        answer = idempotency.once(
            view.actor, key, _fingerprint(request), lambda: _to_keep(deed())
        )
    except KeyReused as error:
        raise Reused(str(error)) from error
    except UnderWay as error:
        raise Unfinished(str(error)) from error
    headers = {**answer.headers, **({REPLAYED: "true"} if answer.replayed else {})}
    return Response(json.loads(answer.body), status=answer.status, headers=headers)


def key_of(request: Request) -> str | None:
    """Return the key that a request names, without quotes; None for no such header.

    Raises BadRequest for what is no key.
    """
    sent = request.headers.get(HEADER)
    if sent is None:
        return None
    key = sent.strip()
    if key.startswith('"'):
        quoted = QUOTED.fullmatch(key)
        key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else ""
    if not PRINTABLE.fullmatch(key) or len(key) > LONGEST:
        raise BadRequest(
            _("%(header)s must be text of 1 to %(most)d printable ASCII characters.")
            % {"header": HEADER, "most": LONGEST}
        )
    return key


def followed_at(view: View, execution_id: Any) -> dict[str, str]:
    """Return the header that says where a run can be followed."""
    match = view.request.resolver_match
    name = ":".join([*match.namespaces, "run"]) if match else "cronmgmt_api:run"
    return {"Location": reverse(name, args=[execution_id])}


def _fingerprint(request: Request) -> str:
    """Return what two requests have in common that are the same one, sent again."""
    body = json.dumps(dict(request.data), sort_keys=True)
    return digest(request.method, request.path.rstrip("/"), body)


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
