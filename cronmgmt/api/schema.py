"""The views -> the OpenAPI document, at a URL of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)

from cronmgmt.api import shapes
from cronmgmt.api.asking import SHOWS, STATES
from cronmgmt.api.exact import A_MOMENT, ASKED
from cronmgmt.api.examples import examples_of
from cronmgmt.api.problems import MEDIA_TYPE
from cronmgmt.models import Origin
from cronmgmt.queries import VERDICTS

View = TypeVar("View", bound=Callable[..., Any])

PROBLEMS = {
    400: "What was sent cannot be used; the detail says why.",
    401: "Who is asking is not known.",
    403: "They may not do that.",
    404: "There is no such thing, or none that they may know of.",
    405: "That cannot be done there.",
    409: "That cannot be done now.",
    412: "Somebody else changed it meanwhile.",
    413: "The body is too long.",
    415: "The body is not said to be JSON.",
    428: "If-Match is missing.",
    429: "Too many requests, or wrong keys; Retry-After says how many seconds to wait.",
    503: "The database, or the login provider, cannot be asked now.",
}

NEXT = "What the page before calls `next`."
CURSOR = OpenApiParameter("cursor", ASKED, description=NEXT)
PLACE = OpenApiParameter(
    "cursor", {"type": "string", "pattern": "^[0-9]{1,18}$"}, description=NEXT
)


def _limit(most: int, usual: int) -> OpenApiParameter:
    shape = {"type": "integer", "minimum": 1, "maximum": most, "default": usual}
    return OpenApiParameter("limit", shape, description="How many at most.")


LIMIT = _limit(500, 100)
FEW = _limit(100, 10)

AT = OpenApiParameter(
    "at", A_MOMENT, description="With its time zone; now if left out."
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": '^"[0-9]{1,18}"$'},
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the job as it was read.",
)
FOR_GOOD = OpenApiParameter(
    "forGood",
    {"type": "boolean", "default": False},
    description="True: delete the job itself, as in the admin; its runs stay, under "
    "its name. Not one that the code declares.",
)
BECAUSE = OpenApiParameter("reason", ASKED, description="For the record.")
AFTER = OpenApiParameter(
    "after",
    {"type": "integer", "minimum": 0, "maximum": 10**18 - 1},
    description="The `last` of the part before.",
)


def _asked(name: str, about: str = "", known: Sequence[str] = ()) -> OpenApiParameter:
    shape: Any = {"type": "string", "enum": list(known)} if known else ASKED
    return OpenApiParameter(name, shape, description=about)


SINCE = OpenApiParameter("since", A_MOMENT, description="With its time zone.")
UNTIL = OpenApiParameter("until", A_MOMENT, description="With its time zone.")
LIKE = "Exactly as it is written."
RUNS_ASKED = [
    _asked("show", "What is often looked for; overrides the state.", SHOWS),
    _asked("state", "", STATES),
    _asked("job", LIKE),
    _asked("origin", "", Origin.values),
    _asked("person", LIKE),
    _asked("node", "The name of a machine."),
    SINCE,
    UNTIL,
    _asked("text", "In the reason, and in the error for who may read it."),
]
ACTIVITY_ASKED = [
    _asked("person", LIKE),
    _asked("job", LIKE),
    _asked("action", LIKE),
    _asked("verdict", "", list(VERDICTS)),
    SINCE,
    UNTIL,
]


def documented(
    summary: str,
    answers: Mapping[int, Any],
    *,
    takes: Any = None,
    asks: Sequence[OpenApiParameter] = (),
    examples: Sequence[OpenApiExample] = (),
) -> Callable[[View], View]:
    """Say what an endpoint does, takes and answers.

    ``examples`` are shown besides those of the table, in place of its problems.
    """
    responses: dict[Any, Any] = dict(answers)
    for code, meaning in PROBLEMS.items():
        response = OpenApiResponse(shapes.Problem, description=meaning)
        responses[code, MEDIA_TYPE] = response

    def decorate(view: View) -> View:
        of, method = view.__qualname__.split(".")
        operation = f"{method}{of}"
        shown = {int(code) for each in examples for code in each.status_codes or ()}
        problems = PROBLEMS.keys() - shown
        extend = extend_schema(
            operation_id=operation,
            summary=summary,
            request=takes,
            responses=responses,
            parameters=list(asks),
            examples=[*examples, *examples_of(operation, sorted(problems))],
        )
        # Else it would build upon the class that the site's own settings name.
        view.schema = AutoSchema  # type: ignore[attr-defined]
        return extend(view)

    return decorate
