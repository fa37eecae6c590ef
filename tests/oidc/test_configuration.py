"""The settings in one call, and what `manage.py check` says of unsafe ones."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.checks.login import login_is_safe, tokens_can_be_read
from cronmgmt.oidc.configuration import auth0_settings, oidc_settings
from tests.oidc.provider import AUDIENCE, CLIENT

URLS = {
    name: f"https://login.example/{name}"
    for name in ("authorization_url", "token_url", "userinfo_url", "keys_url")
}


def complaints():
    return [(each.id, each.msg) for each in login_is_safe()]


def test_auth0_is_a_domain():
    site = auth0_settings("example.eu.auth0.com", client_id="c", client_secret="s")

    assert site["OIDC_OP_TOKEN_ENDPOINT"] == "https://example.eu.auth0.com/oauth/token"
    assert site["OIDC_OP_JWKS_ENDPOINT"].endswith("auth0.com/.well-known/jwks.json")
    assert site["SESSION_COOKIE_AGE"] == timedelta(days=7).total_seconds()
    assert site["OIDC_USE_PKCE"] is True


@pytest.mark.parametrize("url", ["", "login.example/token", "ftp://x/y", "https://"])
def test_an_endpoint_has_to_be_a_url(url):
    with pytest.raises(ValueError, match="OIDC_OP_TOKEN_ENDPOINT must be a URL"):
        oidc_settings(client_id="c", client_secret="s", **{**URLS, "token_url": url})


def test_a_site_without_the_backend_is_not_asked_about_it():
    assert complaints() == []


def test_the_settings_as_they_come_are_safe(provider):
    assert complaints() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OIDC_USE_PKCE", False),
        ("OIDC_USE_NONCE", False),
        ("OIDC_TIMEOUT", None),
        ("OIDC_VERIFY_SSL", False),
        ("OIDC_ALLOW_UNSECURED_JWT", True),
    ],
)
def test_each_unsafe_one_is_an_error(provider, settings, name, value):
    setattr(settings, name, value)

    ((identifier, message),) = complaints()

    assert identifier == "cronmgmt.E021"
    assert message.startswith(name)


@pytest.mark.parametrize(
    ("change", "identifier"),
    [
        ({"OIDC_ISSUER": ""}, "cronmgmt.E022"),
        ({"OIDC_ROLES": {}}, "cronmgmt.E023"),
        ({"OIDC_ROLES": {"admins": "boss"}}, "cronmgmt.E023"),
    ],
)
def test_who_it_is_and_who_gets_what_has_to_be_said(
    provider, settings, change, identifier
):
    settings.CRONMGMT = {**settings.CRONMGMT, **change}

    assert [found for found, _ in complaints()] == [identifier]


@pytest.mark.parametrize(
    ("change", "identifier"),
    [
        ({}, None),
        ({"OIDC_API_AUDIENCE": CLIENT}, "cronmgmt.W007"),
        ({"OIDC_API_ALGORITHMS": []}, "cronmgmt.E025"),
        ({"OIDC_API_ALGORITHMS": ["RS256", "HS256"]}, "cronmgmt.E025"),
        ({"OIDC_API_ALGORITHMS": ["none"]}, "cronmgmt.E025"),
    ],
)
def test_access_tokens_have_an_audience_and_a_public_key(
    provider, settings, change, identifier
):
    given = {"OIDC_API_AUDIENCE": AUDIENCE, **change}
    settings.CRONMGMT = {**settings.CRONMGMT, **given}

    assert [each.id for each in tokens_can_be_read()] == [identifier][
        : bool(identifier)
    ]


@pytest.mark.parametrize(
    "backends", [["django.contrib.auth.backends.ModelBackend"], ["none.at.all"], []]
)
def test_access_tokens_need_somebody_who_reads_them(provider, settings, backends):
    settings.CRONMGMT = {**settings.CRONMGMT, "OIDC_API_AUDIENCE": AUDIENCE}
    settings.AUTHENTICATION_BACKENDS = backends

    assert [each.id for each in tokens_can_be_read()] == ["cronmgmt.E024"]
