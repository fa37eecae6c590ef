"""An identity and its roles -> the user, with exactly the groups of these roles."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models import Q

from cronmgmt.clock import sql_now
from cronmgmt.conf import conf
from cronmgmt.engine.roles import PREFIX, ROLES
from cronmgmt.models import OidcIdentity, database
from cronmgmt.oidc.claims import name_of
from cronmgmt.text import clean_text, digest

STAFF = "manager"
KEY = "key:"
"""What API keys are on record as; no person may pass for one."""


def find(issuer: str, subject: str) -> Any | None:
    """Return the user of an identity; None before the first login, or once deleted."""
    identity = OidcIdentity.objects.filter(key=digest(issuer, subject)).first()
    if identity is None:
        return None
    users = get_user_model()._default_manager
    return users.filter(pk=identity.user).first()


def admit(issuer: str, claims: Mapping[str, Any], roles: Set[str]) -> Any:
    """Return the user of an identity, made if need be, with the groups of the roles.

    It is found by issuer and subject, never by its address: whoever gets an address
    that somebody else had before does not get the account with it.
    """
    subject = clean_text(claims["sub"], 255)
    user = find(issuer, subject) or _make(issuer, subject, claims)
    _write_down(user, claims)
    _grant_if_newest(issuer, claims, user, roles)
    return user


def withdraw(issuer: str, claims: Mapping[str, Any]) -> None:
    """Take our groups from who has no role any more."""
    user = find(issuer, clean_text(claims["sub"], 255))
    if user is not None:
        _grant_if_newest(issuer, claims, user, set())


def _grant_if_newest(
    issuer: str, claims: Mapping[str, Any], user: Any, roles: Set[str]
) -> None:
    """Give the roles that the provider names, unless it said something else since.

    A token made before a right was withdrawn must not bring the right back. The same
    token again, as with every request of a program, costs no write.
    """
    said_at = datetime.fromtimestamp(max(int(claims["iat"]), 0), UTC)
    key = digest(issuer, clean_text(claims["sub"], 255))
    rows = OidcIdentity.objects.filter(key=key)
    heard_at = rows.values_list("said_at", flat=True).first()
    if heard_at == said_at and _ours(user) == _groups(roles):
        return
    older = Q(said_at=None) | Q(said_at__lte=said_at)
    with transaction.atomic(using=database()):
        # The row is locked: of two at once the newer one is heard last.
        if rows.filter(older).update(seen_at=sql_now(), said_at=said_at):
            grant(user, roles)


def grant(user: Any, roles: Set[str]) -> None:
    """Give the user our groups of these roles, and take away our other ones.

    Groups of the site's own are left as they are.
    """
    wanted, held = _groups(roles), _ours(user)
    groups = Group.objects.using(user._state.db)
    if held - wanted:
        user.groups.remove(*groups.filter(name__in=held - wanted))
    if wanted - held:
        user.groups.add(*groups.filter(name__in=wanted - held))
    may_edit = STAFF in roles
    ours = conf.OIDC_STAFF and hasattr(user, "is_staff") and not user.is_superuser
    if ours and user.is_staff != may_edit:
        user.is_staff = may_edit
        user.save(update_fields=["is_staff"])


def _groups(roles: Set[str]) -> set[str]:
    return {f"{PREFIX}{role}" for role in roles}


def _ours(user: Any) -> set[str]:
    """Return the groups of ours that somebody is in."""
    names = user.groups.filter(name__in=ROLES).values_list("name", flat=True)
    return set(names)


def _make(issuer: str, subject: str, claims: Mapping[str, Any]) -> Any:
    user = _new_user(clean_text(name_of(claims)), digest(issuer, subject))
    key = digest(issuer, subject)
    identity, is_new = OidcIdentity.objects.get_or_create(
        key=key,
        defaults={"issuer": issuer[:255], "subject": subject, "user": str(user.pk)},
    )
    if is_new:
        return user
    first = get_user_model()._default_manager.filter(pk=identity.user).first()
    if first is not None:
        user.delete()  # Another window of the same person was faster.
        return first
    # The user of old was deleted here, and may come back as a new one.
    identity.user = str(user.pk)
    identity.save(update_fields=["user"])
    return user


def _new_user(name: str, key: str) -> Any:
    """Return a new user of that name, or of one like it if it is taken."""
    model = get_user_model()
    field: Any = model._meta.get_field(model.USERNAME_FIELD)
    longest = field.max_length or 150
    if name.lower().startswith(KEY):  # What somebody calls themselves there.
        name = name.replace(":", "-", 1)
    for username in (name[:longest], f"{name[: longest - 9]}-{key[:8]}"):
        user = model(**{model.USERNAME_FIELD: username})
        user.set_unusable_password()
        try:
            with transaction.atomic(using=model._default_manager.db):
                user.save()
        except IntegrityError:
            continue
        return user
    raise IntegrityError(f"Two users of the name {name!r} are there already.")


def _write_down(user: Any, claims: Mapping[str, Any]) -> None:
    """Keep the address and names that the provider gives, where the model has them."""
    given = {
        get_user_model().get_email_field_name(): claims.get("email"),
        "first_name": claims.get("given_name"),
        "last_name": claims.get("family_name"),
    }
    fields = {field.name: field for field in user._meta.concrete_fields}
    changed = []
    for name, value in given.items():
        if name not in fields or not isinstance(value, str):
            continue
        if name != user.USERNAME_FIELD and getattr(user, name) != value:
            setattr(user, name, clean_text(value, fields[name].max_length))
            changed.append(name)
    if changed:
        user.save(update_fields=changed)
