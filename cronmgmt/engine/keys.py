"""A key that a program shows -> who it is, and what it may."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Q

from cronmgmt import clock
from cronmgmt.engine.roles import ROLES
from cronmgmt.models import ApiKey, database
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

    def __init__(self, key: ApiKey) -> None:
        self.key = key
        self.groups = Groups(key.groups)
        self.permissions = permissions_of(key.roles)

    def get_username(self) -> str:
        """Return what it is on record as: no user's name has a colon."""
        return f"key:{self.key.name}"

    def has_perm(self, permission: str, obj: Any = None) -> bool:
        """Return whether one of the key's roles has the permission."""
        app, _dot, codename = permission.partition(".")
        return app == "cronmgmt" and codename in self.permissions


def permissions_of(roles: Iterable[str]) -> set[str]:
    """Return all that the roles may: ``operator``, say."""
    return {each for role in roles for each in ROLES.get(f"cronmgmt {role}", ())}


def user_of(secret: str) -> KeyUser | None:
    """Return who shows a key; None for one that is none, is revoked or has expired."""
    if not secret.startswith(PREFIX) or len(secret) > LONGEST:
        return None
    now = clock.now(database())
    rows = ApiKey.objects.filter(digest=digest(secret), revoked_at=None)
    key = rows.filter(Q(expires_at=None) | Q(expires_at__gt=now)).first()
    if key is None:
        return None
    if key.last_used_at is None or key.last_used_at < now - MINUTE:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return KeyUser(key)
