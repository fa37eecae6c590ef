"""Tokens of the provider -> an identity, each of them checked -> a user.

mozilla-django-oidc 5.0 checks signature and nonce; issuer, audience, expiry, the
subject of the user info and the address are checked here.
"""

from __future__ import annotations

from typing import Any

import jwt
import requests
from django.utils.translation import gettext as _
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from cronmgmt.conf import conf
from cronmgmt.errors import LoginRefused
from cronmgmt.oidc import people
from cronmgmt.oidc.bearer import user_of_token
from cronmgmt.oidc.claims import is_verified, name_of, roles_from
from cronmgmt.oidc.keyring import fits
from cronmgmt.oidc.tokens import LEEWAY, REQUIRED


class Backend(OIDCAuthenticationBackend):
    """Lets in whom the provider knows and ``OIDC_ROLES`` gives a role.

    Raises LoginRefused with a sentence for the person; what the provider gets wrong
    raises SuspiciousOperation or what PyJWT and requests raise.
    """

    def authenticate(
        self,
        request: Any,
        username: str | None = None,
        password: str | None = None,
        *,
        bearer_token: str | None = None,
        **more: Any,
    ) -> Any | None:
        """Return who comes back from the provider, or sends an access token of it.

        Raises TokenRefused or ProviderAway for a token.
        """
        if bearer_token is not None:
            return user_of_token(bearer_token)
        return super().authenticate(request, **more)

    def retrieve_matching_jwk(self, token: str) -> Any:
        """Return the key that a token names; one that names none fits a single key.

        RFC 7515, section 4.1.4: ``kid`` is optional.
        """
        header = jwt.get_unverified_header(token)
        answer = requests.get(
            self.OIDC_OP_JWKS_ENDPOINT,
            verify=self.get_settings("OIDC_VERIFY_SSL", True),
            timeout=self.get_settings("OIDC_TIMEOUT", None),
            proxies=self.get_settings("OIDC_PROXY", None),
        )
        answer.raise_for_status()
        fitting = [key for key in answer.json()["keys"] if fits(key, header)]
        if len(fitting) != 1:
            raise jwt.InvalidKeyError(f"{len(fitting)} keys fit the token.")
        return jwt.PyJWK(fitting[0], self.OIDC_RP_SIGN_ALGO)

    def get_payload_data(self, token: str, key: Any) -> dict[str, Any]:
        """Return what the token says, or raise: unsigned ones are never accepted."""
        algorithm = self.OIDC_RP_SIGN_ALGO
        payload: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=self.OIDC_RP_CLIENT_ID,
            issuer=conf.OIDC_ISSUER,
            leeway=LEEWAY,
            options={"require": REQUIRED},
        )
        party = payload.get("azp", self.OIDC_RP_CLIENT_ID)
        if party != self.OIDC_RP_CLIENT_ID:
            raise jwt.InvalidAudienceError("The token was made for another client.")
        return payload

    def get_or_create_user(
        self, access_token: str, id_token: str, payload: dict[str, Any]
    ) -> Any:
        """Return the user of a checked token, with the roles it has by now."""
        said = self.get_userinfo(access_token, id_token, payload)
        if said["sub"] != payload["sub"]:
            raise jwt.InvalidTokenError("The user info is about somebody else.")
        claims = {**said, **payload}  # What is signed counts.
        roles = roles_from(claims, conf.OIDC_ROLES_CLAIM, conf.OIDC_ROLES)
        try:
            return self._admitted(claims, roles)
        except LoginRefused:
            people.withdraw(conf.OIDC_ISSUER, claims)
            raise

    def _admitted(self, claims: dict[str, Any], roles: set[str]) -> Any:
        name = name_of(claims)
        if not conf.OIDC_UNVERIFIED_EMAIL and not is_verified(claims):
            raise LoginRefused(
                _(
                    "The address of %(name)s is not verified. Verify it, and log in anew."
                )
                % {"name": name}
            )
        if not roles:
            raise LoginRefused(
                _("%(name)s has no role here. Ask an administrator for one.")
                % {"name": name}
            )
        user = people.admit(conf.OIDC_ISSUER, claims, roles)
        if not user.is_active:
            raise LoginRefused(_("%(name)s is blocked here.") % {"name": name})
        return user
