"""Tokens that are forged, old, somebody else's or strange; a provider that is away."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth import get_user_model

from cronmgmt.oidc.keyring import keyring
from tests.oidc.provider import AUDIENCE, CLIENT, KEY, OTHER_KEY, now

pytestmark = [pytest.mark.django_db, pytest.mark.part("0.5")]


def assert_invalid(answer):
    assert answer.status_code == 401, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    challenge = 'Bearer realm="cronmgmt", error="invalid_token"'
    assert answer["WWW-Authenticate"] == challenge
    assert not get_user_model().objects.exists()


@pytest.mark.parametrize(
    "token",
    [
        {"iss": "https://other.example/"},
        {"iss": None},
        {"iss": ["a", "b"]},
        {"aud": CLIENT},  # An id token of the login.
        {"aud": None},
        {"aud": ""},
        {"aud": ["another", "a third"]},
        {"aud": f"{AUDIENCE}/"},
        {"exp": now() - 3600},
        {"exp": None},
        {"exp": "soon"},
        {"exp": float("inf")},
        {"iat": None},
        {"iat": now() + 3600},
        {"nbf": now() + 3600},
        {"nbf": "never"},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 7},
        {"cnf": {"jkt": "a key that is not asked for"}},
        {"iss": None, "aud": None, "sub": None},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_not_from_there_or_not_of_now(api, provider, token):
    assert_invalid(api(made(provider, **token)))


def made(provider, **changes):
    """Return a token that PyJWT would not always make."""
    claims = jwt.decode(provider.access_token(), options={"verify_signature": False})
    claims = {k: v for k, v in {**claims, **changes}.items() if v is not None}
    return signed(json.dumps({"alg": "RS256", "kid": "one"}), json.dumps(claims))


def signed(header, payload, sign=None):
    parts = [encoded(each.encode()) for each in (header, payload)]
    text = ".".join(parts).encode()
    sign = sign or (lambda data: algorithm().sign(data, KEY))
    return f"{text.decode()}.{encoded(sign(text))}"


def algorithm():
    return jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -10), ("nbf", 10), ("iat", 10)])
def test_a_little_is_the_clocks_difference(api, provider, claim, seconds):
    token = provider.access_token(**{claim: now() + seconds})

    assert api(token).status_code == 200


def test_a_token_that_somebody_else_signed(api, provider):
    provider.key = OTHER_KEY

    assert_invalid(api(provider.access_token()))


def test_a_token_whose_claims_were_changed(api, provider):
    provider.person["roles"] = ["look"]
    header, _, signature = provider.access_token().split(".")
    provider.person["roles"] = ["admins"]
    _, claims, _ = provider.access_token().split(".")

    assert_invalid(api(f"{header}.{claims}.{signature}"))


def claims_of(provider):
    return json.dumps(
        jwt.decode(provider.access_token(), options={"verify_signature": False})
    )


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "", None, 7, ["RS256"]])
def test_a_token_that_nobody_signed(api, provider, alg):
    header = json.dumps({"alg": alg, "kid": "one"})

    assert_invalid(api(signed(header, claims_of(provider), lambda data: b"")))


def public_key():
    kind, form = serialization.Encoding.PEM, serialization.PublicFormat
    return KEY.public_key().public_bytes(kind, form.SubjectPublicKeyInfo)


@pytest.mark.parametrize("allowed", [["RS256"], ["RS256", "HS256"], ["HS256"]])
def test_the_public_key_is_no_secret_to_sign_with(api, provider, settings, allowed):
    settings.CRONMGMT = {**settings.CRONMGMT, "OIDC_API_ALGORITHMS": allowed}
    header = json.dumps({"alg": "HS256", "kid": "one"})

    def forge(data):
        return hmac.new(public_key(), data, hashlib.sha256).digest()

    assert_invalid(api(signed(header, claims_of(provider), forge)))


def test_a_key_of_another_kind_than_the_token_names(api, provider, settings):
    settings.CRONMGMT = {**settings.CRONMGMT, "OIDC_API_ALGORITHMS": ["ES256"]}
    (key,) = provider._keys({})["keys"]
    del key["alg"]
    provider.answers = {"keys": (200, json.dumps({"keys": [key]}).encode())}
    own = ec.generate_private_key(ec.SECP256R1())
    token = jwt.encode(json.loads(claims_of(provider)), own, "ES256", {"kid": "one"})

    assert_invalid(api(token))


def test_a_way_of_signing_that_the_site_allows(api, provider, settings):
    settings.CRONMGMT = {**settings.CRONMGMT, "OIDC_API_ALGORITHMS": ["ES256"]}
    own = ec.generate_private_key(ec.SECP256R1())
    key = jwt.algorithms.ECAlgorithm.to_jwk(own.public_key(), as_dict=True)
    published = json.dumps({"keys": [{**key, "kid": "one"}]}).encode()
    provider.answers = {"keys": (200, published)}
    token = jwt.encode(json.loads(claims_of(provider)), own, "ES256", {"kid": "one"})

    assert api(token).status_code == 200
    assert api(provider.access_token()).status_code == 401


@pytest.mark.parametrize(
    "more",
    [
        {"kid": "unknown"},
        {"kid": 7},
        {"typ": "logout+jwt"},
        {"typ": ["at+jwt"]},
        {"crit": ["exp"]},
        {"crit": []},
        {"b64": False, "crit": ["b64"]},
    ],
    ids=str,
)
def test_a_header_that_names_what_we_do_not_have(api, provider, more):
    header = json.dumps({"alg": "RS256", "kid": "one", **more})

    assert_invalid(api(signed(header, claims_of(provider))))


@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "AT+JWT", "application/at+jwt"])
def test_the_kinds_that_an_access_token_may_be(api, provider, typ):
    provider.header = {"kid": "one", "typ": typ}

    assert api(provider.access_token()).status_code == 200


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "a.b.c.d.e",
        "opaque-token",
        "é.è.ê",
        "eyJ" * 20_000,
        f"{encoded(b'[' * 9000)}.e30.x",
        f"{encoded(b'[]')}.e30.x",
        f"{encoded(b'7')}.e30.x",
        f"{encoded(bytes(range(256)))}.e30.x",
        "x" * 16_385,
    ],
    ids=lambda token: token[:20].encode("unicode_escape").decode(),
)
def test_what_is_no_token(api, token):
    assert_invalid(api(token))


@pytest.mark.parametrize("payload", ["[]", "7", "null", "{", "[" * 9000, "{}"])
def test_a_signed_token_that_says_nothing(api, payload):
    header = json.dumps({"alg": "RS256", "kid": "one"})

    assert_invalid(api(signed(header, payload)))


def test_a_token_of_the_most_that_is_read(api, provider):
    long = provider.access_token(note="x" * 11_000)
    longer = provider.access_token(note="x" * 13_000)

    assert len(long) < 16_384 < len(longer)
    assert (api(long).status_code, api(longer).status_code) == (200, 401)


# The provider's keys.


def test_the_keys_are_asked_for_once(api, provider):
    for _ in range(3):
        assert api(provider.access_token()).status_code == 200

    assert [path for path, _ in provider.seen] == ["keys"]


def test_a_flood_of_unknown_keys_asks_the_provider_once(api, provider):
    for number in range(5):
        provider.header = {"kid": f"key {number}"}
        assert api(provider.access_token()).status_code == 401

    assert len(provider.seen) == 1


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"oops"),
        (404, b"{}"),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b"null"),
        (200, b'{"keys": 7}'),
        (200, b'{"keys": null}'),
        (200, b"\xff\xfe"),
        (200, b'{"keys": ["' + b"x" * 200_000 + b'"]}'),
    ],
    ids=lambda answer: str(answer[1][:12]),
)
def test_keys_of_the_wrong_shape_are_a_provider_that_is_away(api, provider, answer):
    provider.answers = {"keys": answer}

    assert_away(api(provider.access_token()))


def assert_away(answer):
    assert answer.status_code == 503, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert "login provider" in answer.json()["detail"]
    assert not get_user_model().objects.exists()


@pytest.mark.parametrize(
    "keys", [[], [7], [{}], [{"kid": "one", "kty": "RSA", "alg": "RS256", "n": "!"}]]
)
def test_keys_that_are_none_sign_nothing(api, provider, keys):
    provider.answers = {"keys": (200, json.dumps({"keys": keys}).encode())}

    assert_invalid(api(provider.access_token()))


def test_a_provider_that_does_not_answer_in_time(api, provider, settings):
    settings.OIDC_TIMEOUT = 0.2
    provider.answers = {"keys": "hang"}

    assert_away(api(provider.access_token()))
    assert_away(api(provider.access_token()))

    assert len(provider.seen) == 1  # The second did not wait for it.


def test_a_provider_whose_answer_never_ends(api, provider, settings):
    settings.OIDC_TIMEOUT = 0.3
    provider.answers = {"keys": "drip"}

    assert_away(api(provider.access_token()))


def test_a_provider_that_is_not_there(api, provider, settings, client):
    settings.OIDC_OP_JWKS_ENDPOINT = "http://127.0.0.1:9/keys"
    token = provider.access_token()

    assert_away(api(token))
    status = client.get(
        "/api/jobs/status", headers={"Authorization": f"Bearer {token}"}
    )
    assert (status.status_code, "login provider" in status.json()["error"]) == (
        503,
        True,
    )


def test_a_provider_that_is_away_keeps_no_key_out(api, provider, settings):
    assert api(provider.access_token()).status_code == 200
    provider.answers = {"keys": (500, b"")}

    assert api(provider.access_token()).status_code == 200


@pytest.fixture(autouse=True)
def _nothing_is_left_behind():
    yield
    keyring.cache_clear()
