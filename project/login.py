"""The environment -> the settings of a login through OpenID Connect."""

from __future__ import annotations

from typing import Any

from environ import Env

from cronmgmt.oidc.configuration import oidc_settings

ENDPOINTS = {
    "authorization_url": "authorize",
    "token_url": "oauth/token",
    "userinfo_url": "userinfo",
    "keys_url": ".well-known/jwks.json",
    "logout_url": "oidc/logout",
}
"""Where Auth0 has them, below the issuer; ``OIDC_TOKEN_URL`` and so on say where else."""


def login_settings(env: Env) -> dict[str, Any]:
    """Return the settings for the provider that the environment names."""
    issuer = env.str("OIDC_ISSUER").rstrip("/")
    urls = {
        name: env.str(f"OIDC_{name.upper()}", default=f"{issuer}/{path}")
        for name, path in ENDPOINTS.items()
    }
    return oidc_settings(
        client_id=env.str("OIDC_CLIENT_ID"),
        client_secret=env.str("OIDC_CLIENT_SECRET"),
        **urls,
    )
