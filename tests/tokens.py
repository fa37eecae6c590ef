"""Access tokens of a provider whose keys are published nowhere: they are handed in.

For tests of what people may do with a token; tests/oidc has those of the tokens.
"""

from __future__ import annotations

import time

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from cronmgmt.engine.roles import ROLE_NAMES
from cronmgmt.oidc import keyring
from cronmgmt.oidc.configuration import oidc_settings

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ISSUER, AUDIENCE = "https://login.example/", "https://site.example/api"
URLS = {
    f"{name}_url": f"https://login.example/{name}"
    for name in ("authorization", "token", "userinfo", "keys")
}


def take_tokens(settings, monkeypatch):
    """Let the site take tokens whose roles are called as they are here."""
    for name, value in oidc_settings(
        client_id="site", client_secret="s", **URLS
    ).items():
        setattr(settings, name, value)
    settings.AUTHENTICATION_BACKENDS = [
        "cronmgmt.oidc.backend.Backend",
        "django.contrib.auth.backends.ModelBackend",
    ]
    settings.CRONMGMT = {
        **getattr(settings, "CRONMGMT", {}),
        "OIDC_ISSUER": ISSUER,
        "OIDC_API_AUDIENCE": AUDIENCE,
        "OIDC_ROLES": {role: role for role in ROLE_NAMES},
    }
    monkeypatch.setattr(keyring, "download", lambda url: [published()])
    keyring.keyring.cache_clear()


def published():
    key = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    return {**key, "kid": "one", "alg": "RS256", "use": "sig"}


def token_for(name, *roles):
    """Return a token of a person of that name and with these roles."""
    moment = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "iat": moment, "exp": moment + 600}
    claims |= {"sub": f"test|{name}", "nickname": name, "roles": list(roles)}
    return jwt.encode(claims, KEY, "RS256", headers={"kid": "one"})


def bearer(name, *roles):
    """Return the header that carries such a token."""
    return {"Authorization": f"Bearer {token_for(name, *roles)}"}
