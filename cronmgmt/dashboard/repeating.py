"""``Idempotency-Key`` -> what a program sends again is done once, as over REST."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cronmgmt.actors import Actor
from cronmgmt.dashboard.speaking import done
from cronmgmt.engine import idempotency
from cronmgmt.engine.idempotency import HEADER, REPLAYED, fingerprint_of, key_of


class Told(NamedTuple):
    """What is told of a verb that was done: to people, and to programs."""

    message: str
    facts: dict[str, Any]
    status: int = 200


def once(
    request: HttpRequest,
    actor: Actor,
    body: Mapping[str, Any],
    deed: Callable[[], Told],
) -> HttpResponse:
    """Answer with what ``deed`` does, or did under the key that the request names.

    To be called when it is known that they may: what is refused before it concerns no
    key. Raises BadRequest, KeyReused, UnderWay, and what ``deed`` raises.
    """
    key = key_of(request)
    if key is None:
        return done(request, *deed())
    same = fingerprint_of(request, body)
    kept = idempotency.once(actor, key, same, lambda: _to_keep(deed()))
    message, facts = json.loads(kept.body)
    answer = done(request, message, facts, kept.status)
    if kept.replayed:
        answer[REPLAYED] = "true"
    return answer


def refuse_key(request: HttpRequest) -> None:
    """Raise BadRequest for a key where none is heeded: it must not seem to be."""
    if request.method == "POST" and HEADER in request.headers:
        raise BadRequest(
            _("%(header)s is not heeded here; leave it out.") % {"header": HEADER}
        )


def _to_keep(told: Told) -> idempotency.Answer:
    return idempotency.Answer(told.status, json.dumps([told.message, told.facts]), {})
