"""A provider, a site that uses it, and a person with a browser."""

from __future__ import annotations

import json
import threading

import pytest
from django.conf import settings as site
from django.test import Client

from cronmgmt.oidc.configuration import oidc_settings
from cronmgmt.oidc.keyring import keyring
from tests.oidc.provider import AUDIENCE, Provider

ROLES = {
    "look": "viewer",
    "ops": "operator",
    "admins": "manager",
    "err": "error reader",
}


@pytest.fixture(scope="session")
def one_provider():
    provider = Provider()
    thread = threading.Thread(
        target=provider.server.serve_forever, args=(0.01,), daemon=True
    )
    thread.start()
    yield provider
    provider.server.shutdown()
    provider.server.server_close()
    thread.join(10)


@pytest.fixture
def provider(one_provider, settings):
    """The provider, well-behaved, and the site's settings for it."""
    one_provider.reset()
    keyring.cache_clear()
    for name, value in oidc_settings(**one_provider.settings()).items():
        setattr(settings, name, value)
    settings.AUTHENTICATION_BACKENDS = ["cronmgmt.oidc.backend.Backend"]
    settings.MIDDLEWARE = [
        *site.MIDDLEWARE,
        "cronmgmt.oidc.middleware.RollingSession",
        "cronmgmt.oidc.middleware.Renewal",
    ]
    settings.CRONMGMT = {"OIDC_ISSUER": one_provider.issuer, "OIDC_ROLES": ROLES}
    settings.LOGIN_URL = "oidc_authentication_init"
    settings.LOGIN_REDIRECT_URL = "/cron/"
    settings.LOGOUT_REDIRECT_URL = "/cron/"
    settings.ROOT_URLCONF = "tests.oidc.urls"
    yield one_provider
    one_provider.release.set()


@pytest.fixture
def api(provider, settings, db):
    """Ask the REST API with a token, from outside: no cookie, and CSRF is checked."""
    settings.CRONMGMT = {**settings.CRONMGMT, "OIDC_API_AUDIENCE": AUDIENCE}

    def ask(token, path="jobs", method="GET", body=None, **more):
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        headers = {"Authorization": f"Bearer {token}"}
        sent = json.dumps(body) if body is not None else ""
        where = f"/api/v1/scheduler/{path}"
        kind = "application/json"
        return client.generic(method, where, sent, kind, headers=headers, **more)

    return ask


@pytest.fixture
def log_in(provider, client):
    """Walk to the provider and back; the answer is that of the callback."""

    def walk(start="/oidc/login/", **more):
        away = client.get(start, **more)
        assert away.status_code == 302, away.content
        return client.get(provider.authorize(away["Location"]))

    return walk
