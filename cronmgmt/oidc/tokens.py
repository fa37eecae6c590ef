"""An access token for the REST API -> what it says, each part of it checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jwt
from django.utils.translation import gettext as _
from mozilla_django_oidc.utils import import_from_settings

from cronmgmt.conf import conf
from cronmgmt.errors import LoginRefused, TokenRefused
from cronmgmt.oidc.configuration import ASYMMETRIC
from cronmgmt.oidc.keyring import keyring

LEEWAY = 30
"""Seconds by which the provider's clock may differ from ours."""

REQUIRED = ["exp", "iat", "iss", "aud", "sub"]

LONGEST = 16_384
LONGEST_SUBJECT = 255

KINDS = (None, "jwt", "at+jwt", "application/at+jwt")
"""What a token may say it is: RFC 9068, section 4. A logout token is none."""

MALFORMED = (ArithmeticError, LookupError, RecursionError, TypeError, ValueError)
"""What besides its own errors the library raises for the strangest of tokens."""


def claims_of(token: str) -> dict[str, Any]:
    """Return what a token says that the provider made for the API of this site.

    Raises TokenRefused for any other, LoginRefused without the scope that is needed,
    and ProviderAway if the signature cannot be checked now.
    """
    if not conf.OIDC_ISSUER or not conf.OIDC_API_AUDIENCE:
        raise TokenRefused(_("This site takes no such tokens."))
    if len(token) > LONGEST:
        raise TokenRefused(_("The token is too long."))
    try:
        claims = _decoded(token)
    except jwt.ExpiredSignatureError as error:
        raise TokenRefused(_("The token has expired.")) from error
    except (jwt.PyJWTError, *MALFORMED) as error:
        raise TokenRefused(
            _("The token is none that the login provider made for this site.")
        ) from error
    _refuse_unless_in_scope(claims)
    return claims


def _decoded(token: str) -> dict[str, Any]:
    header = jwt.get_unverified_header(token)
    algorithm = header.get("alg")
    if algorithm not in ASYMMETRIC.intersection(conf.OIDC_API_ALGORITHMS):
        raise jwt.InvalidAlgorithmError("It is not signed as the site asks.")
    kind = header.get("typ")
    if "crit" in header or (kind and str(kind).lower()) not in KINDS:
        raise jwt.InvalidTokenError("It is of another kind.")
    key = keyring(import_from_settings("OIDC_OP_JWKS_ENDPOINT")).key_for(header)
    claims: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=[algorithm],
        audience=conf.OIDC_API_AUDIENCE,
        issuer=conf.OIDC_ISSUER,
        leeway=LEEWAY,
        options={"require": REQUIRED},
    )
    _check(claims)
    return claims


def _check(claims: Mapping[str, Any]) -> None:
    if not 0 < len(claims["sub"].strip()) <= LONGEST_SUBJECT:
        raise jwt.InvalidTokenError("It is about nobody.")
    if "cnf" in claims:
        # RFC 9449: whoever sends it must prove to have a key, which is not asked here.
        raise jwt.InvalidTokenError("It counts only together with a key.")
    known = conf.OIDC_API_CLIENTS
    if known and claims.get("azp", claims.get("client_id")) not in known:
        raise jwt.InvalidAudienceError("It was made for another client.")


def _refuse_unless_in_scope(claims: Mapping[str, Any]) -> None:
    wanted = conf.OIDC_API_SCOPE
    given = claims.get("scope", claims.get("scp", ""))  # Entra ID and Okta: scp.
    scopes = given.split() if isinstance(given, str) else given
    if wanted and not (isinstance(scopes, list) and wanted in scopes):
        raise LoginRefused(
            _("The token has not the scope %(scope)s.") % {"scope": wanted}
        )
