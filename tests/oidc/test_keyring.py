"""The provider's keys: kept for a while, asked for anew, and never too often."""

from __future__ import annotations

import threading

import jwt
import pytest
from requests import ConnectionError as NoConnection

from cronmgmt.errors import ProviderAway
from cronmgmt.oidc.keyring import AGAIN, FRESH, STALE, Keyring
from tests.oidc.provider import KEY

HEADER = {"alg": "RS256", "kid": "one"}


def key(name="one", **more):
    made = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    return {**made, "kid": name, "use": "sig", **more}


class Provider:
    """Publishes keys, or is away; time stands still until it is moved."""

    def __init__(self):
        self.keys, self.is_away, self.asked, self.time = [key()], False, 0, 1000.0
        self.ring = Keyring(self.ask, lambda: self.time)

    def ask(self):
        self.asked += 1
        if self.is_away:
            raise NoConnection("away")
        return self.keys

    def has(self, name="one", **more):
        return self.ring.key_for({**HEADER, "kid": name, **more}).key_id == name


@pytest.fixture
def provider():
    return Provider()


def test_keys_are_asked_for_again_after_a_while(provider):
    assert provider.has()
    provider.time += FRESH
    assert provider.has()
    assert provider.asked == 1

    provider.time += 1
    assert provider.has()

    assert provider.asked == 2


def test_a_new_key_is_known_at_once(provider):
    provider.has()
    provider.keys = [key(), key("two")]
    provider.time += AGAIN

    assert provider.has("two")


def test_a_key_that_is_taken_back_counts_no_longer(provider):
    provider.has()
    provider.keys = [key("two")]
    provider.time += FRESH + 1

    with pytest.raises(jwt.InvalidKeyError):
        provider.has("one")


def test_unknown_keys_ask_no_more_often_than_that(provider):
    for _ in range(100):
        with pytest.raises(jwt.InvalidKeyError):
            provider.has("none")
        provider.time += AGAIN / 50

    assert provider.asked <= 3


def test_known_keys_count_for_a_while_when_the_provider_is_away(provider):
    provider.has()
    provider.is_away = True
    provider.time += STALE

    assert provider.has()
    provider.time += 1
    with pytest.raises(ProviderAway):
        provider.has()


def test_an_unknown_key_is_not_judged_while_the_provider_is_away(provider):
    provider.has()
    provider.is_away = True
    provider.time += AGAIN

    with pytest.raises(ProviderAway):
        provider.has("two")


def test_a_provider_that_is_away_is_asked_from_time_to_time(provider):
    provider.is_away = True
    for _ in range(10):
        with pytest.raises(ProviderAway):
            provider.has()
    assert provider.asked == 1

    provider.is_away = False
    provider.time += AGAIN

    assert provider.has()


@pytest.mark.parametrize(
    "other",
    [{"use": "enc"}, {"alg": "RS512"}, {"kid": "two"}],
    ids=str,
)
def test_a_key_for_something_else_is_none(provider, other):
    provider.keys = [{**key(), **other}]

    with pytest.raises(jwt.InvalidKeyError):
        provider.has()


def test_several_that_fit_are_none(provider):
    provider.keys = [key("one"), key("two")]

    with pytest.raises(jwt.InvalidKeyError):
        provider.ring.key_for({"alg": "RS256"})


def test_many_who_come_at_once_ask_once(provider):
    gate = threading.Barrier(8)
    found = []

    def come():
        gate.wait(10)
        found.append(provider.has())

    threads = [threading.Thread(target=come) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(10)

    assert (found, provider.asked) == ([True] * 8, 1)
