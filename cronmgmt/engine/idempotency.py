"""A request under a key -> its deed, once; sent again, the answer of the first time.

The row of a key is written beforehand, by itself, so that whoever comes next sees it.
The deed and its answer are one transaction that holds the lock of that row: a crash
leaves neither, and the lock says, without a clock, whether somebody is still at it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from django.core.exceptions import BadRequest
from django.db import IntegrityError, connections, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt import clock
from cronmgmt.actors import Actor
from cronmgmt.conf import conf
from cronmgmt.engine.records import go_back_to, place
from cronmgmt.engine.transactions import in_transaction, repeated
from cronmgmt.errors import KeyReused, UnderWay
from cronmgmt.models import KeptAnswer, database
from cronmgmt.text import digest

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST = 255

PRINTABLE = re.compile(r"[ -~]+")
QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
"""A String as RFC 9651 has it: the draft wants one, and many programs send none."""


class Answer(NamedTuple):
    """What a request was answered; ``replayed``: some time ago."""

    status: int
    body: str
    headers: Mapping[str, str]
    replayed: bool = False


def key_of(request: HttpRequest) -> str | None:
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


def fingerprint_of(request: HttpRequest, body: Mapping[str, Any]) -> str:
    """Return what two requests have in common that are the same one, sent again."""
    text = json.dumps(dict(body), sort_keys=True)
    return digest(request.method or "", request.path.rstrip("/"), text)


def once(
    actor: Actor, key: str, fingerprint: str, work: Callable[[], Answer]
) -> Answer:
    """Do ``work`` unless the actor had it done under this key: then return its answer.

    A key is its actor's own, and means the request of that ``fingerprint``. What
    ``work`` raises undoes all of it, and leaves the key as if it had never been used.
    Raises KeyReused for another request under the key, and UnderWay while the first
    one is not answered; on SQLite, which lets in one writer at a time, it waits.
    """
    known = _digest_of(actor, key)
    here = place()

    def locked() -> Answer:
        go_back_to(here)  # It may be the second try.
        row = _held(known)
        if row is None:
            raise UnderWay(
                gettext_lazy("A request under this Idempotency-Key is under way.")
            )
        return _kept(row, fingerprint) or _answered(row, fingerprint, work())

    row = KeptAnswer.objects.filter(digest=known).first()
    if row is None:
        _reserve(known, actor)
    return (row and _kept(row, fingerprint)) or in_transaction(locked)


def _digest_of(actor: Actor, key: str) -> str:
    """Return what the actor's key is found by; a name may be given to another."""
    pk = getattr(actor.user, "pk", None)
    return digest("idempotency", actor.name if pk is None else pk, key)


def _reserve(known: str, actor: Actor) -> None:
    """Write the row of a key, unless somebody was faster."""
    row = KeptAnswer(digest=known, owner=actor.label, expires_at=_until())
    with suppress(IntegrityError):
        repeated(partial(_insert, row))


def _insert(row: KeptAnswer) -> None:
    with transaction.atomic(using=database()):
        row.save(force_insert=True)


def _held(known: str) -> KeptAnswer | None:
    """Return the row of a key and hold it; None if somebody else does."""
    skips = connections[database()].features.has_select_for_update_skip_locked
    rows = KeptAnswer.objects.filter(digest=known)
    return rows.select_for_update(skip_locked=skips).first()


def _kept(row: KeptAnswer, fingerprint: str) -> Answer | None:
    """Return the answer that a row keeps. Raises KeyReused if it is to another."""
    if row.status is None or row.expires_at <= clock.now(database()):
        return None
    if row.fingerprint != fingerprint:
        raise KeyReused(
            gettext_lazy(
                "Another request was made under this Idempotency-Key; take a new one."
            )
        )
    return Answer(row.status, row.body, row.headers, replayed=True)


def _answered(row: KeptAnswer, fingerprint: str, answer: Answer) -> Answer:
    """Keep the answer of what was just done, in its transaction."""
    row.fingerprint, row.expires_at = fingerprint, _until()
    row.status, row.body, row.headers = answer.status, answer.body, dict(answer.headers)
    row.save(force_update=True)
    return answer


def _until() -> datetime:
    return clock.now(database()) + conf.IDEMPOTENCY_KEYS_KEPT
