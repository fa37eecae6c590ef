"""A provider that is wrong, slow or not the provider at all: a page, never a 500."""

from __future__ import annotations

import json

import jwt
import pytest
from django.contrib.auth import get_user, get_user_model

from tests.oidc.provider import CLIENT, KEY, OTHER_KEY, SECRET, now

pytestmark = [pytest.mark.django_db, pytest.mark.part("0.4")]


def assert_refused(answer, client, *, status=502):
    assert answer.status_code == status, answer.content
    text = answer.content.decode()
    assert "Not logged in" in text
    assert "Traceback" not in text
    assert not get_user(client).is_authenticated
    assert not get_user_model().objects.exists()


@pytest.mark.parametrize(
    "token",
    [
        {"iss": "https://other.example/"},
        {"iss": None},
        {"aud": "another client"},
        {"aud": None},
        {"aud": ["another client", "a third"]},
        {"azp": "another client"},
        {"exp": now() - 3600},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"iat": now() + 3600},
        {"nbf": now() + 3600},
        {"sub": None},
        {"sub": "somebody else"},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_not_from_there_or_not_of_now(
    provider, log_in, client, token
):
    provider.token = token

    assert_refused(log_in(), client)


@pytest.mark.parametrize("nonce", ["another login's", None, ""])
def test_a_token_of_another_login(provider, log_in, client, nonce):
    provider.token = {"nonce": nonce}

    assert_refused(log_in(), client, status=403)


def test_a_token_for_several_clients_of_which_we_are_one(provider, log_in):
    provider.token = {"aud": [CLIENT, "another"], "azp": CLIENT}

    assert log_in().status_code == 302


def test_a_token_that_is_a_little_over_is_the_clocks_difference(provider, log_in):
    provider.token = {"exp": now() - 10}

    assert log_in().status_code == 302


def test_a_token_that_names_no_key_where_there_is_one(provider, log_in):
    provider.header = {}

    assert log_in().status_code == 302


def test_a_token_that_names_no_key_where_there_are_several(provider, log_in, client):
    (key,) = provider._keys({})["keys"]
    several = json.dumps({"keys": [key, {**key, "kid": "two"}]}).encode()
    provider.header, provider.answers = {}, {"keys": (200, several)}

    assert_refused(log_in(), client)


def test_a_token_that_somebody_else_signed(provider, log_in, client):
    provider.key = OTHER_KEY

    assert_refused(log_in(), client)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(None, "none"), (SECRET.ljust(64, "."), "HS256"), (KEY, "RS512")],
)
def test_a_token_signed_in_another_way(provider, log_in, client, key, algorithm):
    def forged(asked):
        claims = {"iss": provider.issuer, "aud": CLIENT, "iat": now(), "exp": now() + 9}
        claims |= {"nonce": asked["nonce"], **provider.person}
        return jwt.encode(claims, key, algorithm, headers={"kid": "one"})

    provider.id_token = forged
    try:
        answer = log_in()
    finally:
        del provider.id_token

    assert answer.status_code in (403, 502)
    assert not get_user_model().objects.exists()


@pytest.mark.parametrize("header", [{"kid": "unknown"}, {"kid": "one", "alg": "RS512"}])
def test_a_token_of_an_unknown_key(provider, log_in, client, header):
    provider.header = header

    answer = log_in()

    assert answer.status_code in (403, 502)
    assert not get_user_model().objects.exists()


@pytest.mark.parametrize("path", ["token", "keys", "userinfo"])
@pytest.mark.parametrize(
    "answer",
    [
        (500, b"oops"),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b"null"),
        (200, b'{"keys": [{}], "id_token": 7}'),
        (200, b'{"id_token": "a.b.c", "sub": []}'),
        (200, b"\xff\xfe"),
    ],
    ids=str,
)
def test_an_answer_of_the_wrong_shape(provider, log_in, client, path, answer):
    provider.answers = {path: answer}

    back = log_in()

    assert back.status_code in (403, 502)
    assert not get_user_model().objects.exists()


@pytest.mark.parametrize("path", ["token", "keys", "userinfo"])
def test_a_provider_that_does_not_answer_in_time(
    provider, log_in, client, settings, path
):
    settings.OIDC_TIMEOUT = 0.2
    provider.answers = {path: "hang"}

    assert_refused(log_in(), client)


def test_a_provider_that_is_not_there(provider, log_in, client, settings):
    settings.OIDC_OP_TOKEN_ENDPOINT = "http://127.0.0.1:9/token"

    answer = log_in()

    assert_refused(answer, client)
    assert "does not answer" in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    ["", "?code=x", "?state=x", "?code=x&state=y", "?error=access_denied&state=y"],
)
def test_coming_back_without_having_left(provider, client, query):
    assert client.get(f"/oidc/callback/{query}").status_code == 403


def test_an_answer_counts_once(provider, client):
    there = client.get("/oidc/login/")["Location"]
    back = provider.authorize(there)
    assert client.get(back).status_code == 302

    assert client.get(back).status_code == 403


def test_what_the_provider_says_is_text_on_the_page(provider, client, log_in):
    provider.person |= {"email": "<b>ada</b>@example.org", "roles": []}

    answer = log_in()

    assert "&lt;b&gt;ada" in answer.content.decode()
