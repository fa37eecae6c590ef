"""A key that a program shows -> who it is, and what it may.

A key that a person made stands for them: it may no more than they may at the moment of
asking, and nothing once they have no active account. One of the site's own code has
its roles, whoever comes and goes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from cronmgmt import clock
from cronmgmt.actors import Actor
from cronmgmt.engine.roles import ROLES
from cronmgmt.models import ApiKey, database
from cronmgmt.models.access import group_key
from cronmgmt.text import digest

PREFIX = "cmk_"
LONGEST = 200
MINUTE = timedelta(minutes=1)
"""So exactly it is known when a key was used last."""


class Groups:
    """The groups of a key, read as a user's are."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(names)

    def values_list(self, *fields: str, flat: bool = True) -> list[str]:
        """Return their names."""
        return self.names


class KeyUser:
    """What stands for a key where a user is asked for."""

    is_authenticated = is_active = True
    is_anonymous = is_staff = is_superuser = False
    email = ""
    pk = None

    def __init__(self, key: ApiKey, maker: Any = None) -> None:
        self.key, self.maker = key, maker
        self.groups = Groups(_shared(key.groups, maker))
        self.permissions = permissions_of(key.roles)

    def get_username(self) -> str:
        """Return what it is on record as: no user's name has a colon."""
        return f"key:{self.key.name}"

    def has_perm(self, permission: str, obj: Any = None) -> bool:
        """Return whether one of the key's roles, and its maker, has the permission."""
        app, _dot, codename = permission.partition(".")
        if app != "cronmgmt" or codename not in self.permissions:
            return False
        return self.maker is None or bool(self.maker.has_perm(permission))


def _shared(groups: Iterable[str], maker: Any) -> list[str]:
    """Return those of a key's groups that its maker is a member of."""
    person = Actor("", "api", maker)
    return [
        each
        for each in groups
        if not person.is_restricted or group_key(each) in person.group_keys
    ]


def permissions_of(roles: Iterable[str]) -> set[str]:
    """Return all that the roles may: ``operator``, say."""
    return {each for role in roles for each in ROLES.get(f"cronmgmt {role}", ())}


def user_of(secret: str) -> KeyUser | None:
    """Return who shows a key; None for one that is none, or lets nobody in any more."""
    if not secret.startswith(PREFIX) or len(secret) > LONGEST:
        return None
    now = clock.now(database())
    rows = ApiKey.objects.filter(digest=digest(secret), revoked_at=None)
    key = rows.filter(Q(expires_at=None) | Q(expires_at__gt=now)).first()
    if key is None:
        return None
    maker = accounts([key.maker]).get(key.maker)
    if key.maker and maker is None:
        return None
    if key.last_used_at is None or key.last_used_at < now - MINUTE:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return KeyUser(key, maker)


def accounts(makers: Iterable[str]) -> dict[str, Any]:
    """Return the active users of those primary keys, which are text."""
    users = get_user_model()._default_manager
    found = users.filter(pk__in=set(makers) - {""})
    return {str(each.pk): each for each in found if each.is_active}


def judge(found: Iterable[ApiKey]) -> None:
    """Set each key's verdict, as it is now."""
    found, now = list(found), clock.now(database())
    there = accounts(each.maker for each in found)
    for key in found:
        if key.revoked_at is not None:
            key.verdict = ApiKey.Verdict.REVOKED
        elif key.expires_at is not None and key.expires_at <= now:
            key.verdict = ApiKey.Verdict.EXPIRED
        elif key.maker and key.maker not in there:
            key.verdict = ApiKey.Verdict.ORPHANED
