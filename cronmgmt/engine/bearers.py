"""``Authorization: Bearer …`` -> who sends it, by an API key or by the provider's token.

What begins as keys do is a key and nothing else; a token, whose first part is encoded
JSON, cannot. Tokens are read by whichever of the site's authentication backends takes
a ``bearer_token``, such as that of :mod:`cronmgmt.oidc`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cronmgmt.callers import address_of
from cronmgmt.conf import conf
from cronmgmt.engine.guessing import guarded
from cronmgmt.engine.keys import PREFIX, user_of
from cronmgmt.errors import TokenRefused


def sends_bearer(request: HttpRequest) -> bool:
    """Return whether a request has the header, whatever is in it."""
    scheme = request.headers.get("Authorization", "").partition(" ")[0]
    return scheme.lower() == "bearer"


def user_of_request(request: HttpRequest) -> Any | None:
    """Return who sends the header; None without it.

    Raises TokenRefused for a key or token that is none, TooManyGuesses for too many of
    them, LoginRefused for a good one of somebody who has no role here, and
    ProviderAway if a token cannot be checked now.
    """
    if not sends_bearer(request):
        return None
    secret = request.headers["Authorization"].partition(" ")[2].strip()
    check = partial(
        _user_of_key if _is_key(secret) else _user_of_token, request, secret
    )
    return guarded(address_of(request), secret, check)


def _is_key(secret: str) -> bool:
    return secret.startswith(PREFIX) or not conf.OIDC_API_AUDIENCE


def _user_of_key(request: HttpRequest, secret: str) -> Any:
    user = user_of(secret)
    if user is None:
        raise TokenRefused(
            _(
                "The key is not known, was revoked or has expired, or who made it has "
                "no active account any more."
            )
        )
    return user


def _user_of_token(request: HttpRequest, token: str) -> Any:
    user = authenticate(request, bearer_token=token)
    if user is None:
        raise TokenRefused(_("This site takes no such tokens."))
    return user
