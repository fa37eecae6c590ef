"""Make a key for a program, and revoke it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from cronmgmt import clock
from cronmgmt.actors import Actor
from cronmgmt.engine.actions.actor import Attempt, attempted
from cronmgmt.engine.keys import PREFIX, permissions_of
from cronmgmt.errors import Forbidden, Refused
from cronmgmt.models import ApiKey, database
from cronmgmt.models.access import group_key
from cronmgmt.text import digest, safe_str


def make_key(
    name: str,
    roles: Sequence[str],
    actor: Actor,
    *,
    groups: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Return a new key and its secret, which is kept nowhere.

    Raises Forbidden if the key would be allowed more than who makes it, and Refused for
    a name that is taken or a date that has passed.
    """
    secret = PREFIX + secrets.token_urlsafe(32)

    def work() -> ApiKey:
        now = clock.now(database())
        _refuse_more_than(actor, roles, groups)
        if expires_at is not None and expires_at <= now:
            raise Refused("The date on which the key expires has passed already.")
        if ApiKey.objects.filter(name=name).exists():
            raise Refused(f"There is a key {name!r} already.")
        attempt.change.after = {"roles": list(roles), "groups": list(groups)}
        return ApiKey.objects.create(
            name=name,
            digest=digest(secret),
            roles=list(roles),
            groups=list(groups),
            expires_at=expires_at,
            made_at=now,
            made_by=actor.label,
            maker=safe_str(getattr(actor.user, "pk", None) or ""),
        )

    attempt = Attempt(actor, "make key", "add_apikey", subject=f"key {name}")
    return attempted(attempt, work), secret


def revoke_key(name: str, actor: Actor) -> None:
    """Let a key in no more, from the next request on. Raises Refused if it is not one.

    Who may make keys may revoke their own; anybody's takes ``change_apikey``.
    """

    def work() -> None:
        rows = ApiKey.objects.filter(name=name, revoked_at=None)
        now = clock.now(database())
        if not rows.update(revoked_at=now, revoked_by=actor.label):
            raise Refused(f"There is no key {name!r} that is not revoked.")

    is_own = name in own_keys(actor).values_list("name", flat=True)
    permission = "add_apikey" if is_own else "change_apikey"
    attempt = Attempt(actor, "revoke key", permission, subject=f"key {name}")
    attempted(attempt, work)


def own_keys(actor: Actor) -> QuerySet[ApiKey]:
    """Return the keys that the actor made."""
    return ApiKey.objects.filter(made_by=actor.label)


def _refuse_more_than(
    actor: Actor, roles: Sequence[str], groups: Sequence[str]
) -> None:
    if not actor.is_restricted:
        return
    beyond = [each for each in permissions_of(roles) if not actor.may(each)]
    outside = [each for each in groups if group_key(each) not in actor.group_keys]
    if beyond or outside:
        raise Forbidden("A key may not be allowed more than you are.")
