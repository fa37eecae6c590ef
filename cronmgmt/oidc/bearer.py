"""An access token -> the same user, with the same roles, as by the login."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from cronmgmt.conf import conf
from cronmgmt.errors import LoginRefused
from cronmgmt.oidc import people
from cronmgmt.oidc.claims import is_verified, name_of, roles_from, stands_at
from cronmgmt.oidc.tokens import claims_of


def user_of_token(token: str) -> Any:
    """Return who sends a token, made if need be, as somebody who logs in is.

    A program that logs in nowhere (client credentials) becomes a user as well. Raises
    TokenRefused, ProviderAway, or LoginRefused for who has no role here.
    """
    claims = claims_of(token)
    _refuse_the_unverified(claims)
    roles = roles_from(claims, conf.OIDC_ROLES_CLAIM, conf.OIDC_ROLES)
    if not roles:
        # One that says nothing of roles takes none away: most say nothing until the
        # provider is told to put them there.
        if stands_at(claims, conf.OIDC_ROLES_CLAIM):
            people.withdraw(conf.OIDC_ISSUER, claims)
        raise LoginRefused(
            _("%(name)s has no role here. Ask an administrator for one.")
            % {"name": name_of(_without_address(claims))}
        )
    user = people.admit(conf.OIDC_ISSUER, _without_address(claims), roles)
    if not user.is_active:
        raise LoginRefused(_("%(name)s is blocked here.") % {"name": name_of(claims)})
    return user


def _refuse_the_unverified(claims: Mapping[str, Any]) -> None:
    """A token without an address is fine; one that says it is not verified is not."""
    doubted = "email_verified" in claims and not is_verified(claims)
    if doubted and not conf.OIDC_UNVERIFIED_EMAIL:
        raise LoginRefused(
            _("The address of %(name)s is not verified. Verify it, and log in anew.")
            % {"name": name_of(claims)}
        )


def _without_address(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return the claims without an address that nobody vouches for."""
    if is_verified(claims) or conf.OIDC_UNVERIFIED_EMAIL:
        return dict(claims)
    return {name: value for name, value in claims.items() if name != "email"}
