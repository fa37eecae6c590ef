"""The settings of a login through OpenID Connect, in one call from ``settings.py``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

WEEK = timedelta(days=7)

ASYMMETRIC = frozenset(
    f"{kind}{size}" for kind in ("RS", "PS", "ES") for size in (256, 384, 512)
) | {"EdDSA"}
"""What is checked with a public key, by which nobody can make tokens."""

SAFE = {
    "OIDC_RP_SIGN_ALGO": "RS256",
    "OIDC_USE_NONCE": True,
    "OIDC_USE_PKCE": True,
    "OIDC_TIMEOUT": 10,  # seconds; the library has none
    "OIDC_STORE_ID_TOKEN": True,  # the provider's logout asks for it
}


def oidc_settings(
    *,
    client_id: str,
    client_secret: str,
    authorization_url: str,
    token_url: str,
    userinfo_url: str,
    keys_url: str,
    logout_url: str = "",
    scopes: str = "openid profile email",
    renewal: timedelta = timedelta(minutes=15),
    session: timedelta = WEEK,
) -> dict[str, Any]:
    """Return Django settings: ``vars().update(oidc_settings(…))``.

    The endpoints stand in the provider's ``.well-known/openid-configuration``.
    Rights withdrawn there are valid here for another ``renewal`` at the most; who does
    not come back for ``session`` is logged out. Who it is and what roles people get is
    said in ``CRONMGMT``. Raises ValueError for an endpoint that is no URL.
    """
    endpoints = {
        "OIDC_OP_AUTHORIZATION_ENDPOINT": authorization_url,
        "OIDC_OP_TOKEN_ENDPOINT": token_url,
        "OIDC_OP_USER_ENDPOINT": userinfo_url,
        "OIDC_OP_JWKS_ENDPOINT": keys_url,
    }
    for name, url in endpoints.items():
        _check_url(name, url)
    return {
        **SAFE,
        **endpoints,
        "OIDC_OP_LOGOUT_ENDPOINT": logout_url,
        "OIDC_OP_LOGOUT_URL_METHOD": "cronmgmt.oidc.views.logout_at_provider",
        "OIDC_RP_CLIENT_ID": client_id,
        "OIDC_RP_CLIENT_SECRET": client_secret,
        "OIDC_RP_SCOPES": scopes,
        "OIDC_RENEW_ID_TOKEN_EXPIRY_SECONDS": int(renewal.total_seconds()),
        "SESSION_COOKIE_AGE": int(session.total_seconds()),
    }


def _check_url(name: str, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"{name} must be a URL such as https://…; got {url!r}.")


def auth0_settings(
    domain: str, *, client_id: str, client_secret: str, **more: Any
) -> dict[str, Any]:
    """Return the settings for an Auth0 tenant, such as ``example.eu.auth0.com``.

    Its issuer is ``https://DOMAIN/``, with the slash at the end.
    """
    base = f"https://{domain}"
    return oidc_settings(
        client_id=client_id,
        client_secret=client_secret,
        authorization_url=f"{base}/authorize",
        token_url=f"{base}/oauth/token",
        userinfo_url=f"{base}/userinfo",
        keys_url=f"{base}/.well-known/jwks.json",
        logout_url=f"{base}/oidc/logout",
        **more,
    )
