"""Who guesses keys is not heard for a while; who has the right one always is."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from cronmgmt.engine.guessing import guarded
from cronmgmt.errors import ProviderAway, TokenRefused, TooManyGuesses

HERE, THERE = "192.0.2.7", "192.0.2.8"
NOON = 1_780_000_020.0
MOST = 3


@pytest.fixture(autouse=True)
def _few(settings):
    settings.CRONMGMT = {"WRONG_CREDENTIALS": MOST}


class Door:
    """Takes one secret, and counts how often it was asked."""

    def __init__(self, right="right"):
        self.right, self.asked = right, 0

    def __call__(self, address, secret, now=NOON):
        return guarded(address, secret, lambda: self.look(secret), now)

    def look(self, secret):
        self.asked += 1
        return secret == self.right or None


@pytest.fixture
def door():
    return Door()


def guess(door, address, times=MOST, now=NOON):
    for number in range(times):
        assert door(address, f"guess {number}", now) is None


def test_after_so_many_wrong_ones_no_other_is_read(door):
    guess(door, HERE)

    with pytest.raises(TooManyGuesses) as refusal:
        door(HERE, "right", NOON)

    assert refusal.value.wait == 60 - NOON % 60
    assert door.asked == MOST


def test_a_minute_later_it_is_heard_again(door):
    guess(door, HERE)

    assert door(HERE, "right", NOON + 60)


def test_the_right_one_from_elsewhere_counts_meanwhile(door):
    guess(door, HERE)

    assert door(THERE, "right")


def test_what_was_right_before_counts_also_from_there(door):
    assert door(THERE, "right")
    guess(door, HERE)

    assert door(HERE, "right")
    assert door(HERE, "right", NOON + 5)
    with pytest.raises(TooManyGuesses):
        door(HERE, "wrong")


def test_what_was_right_and_is_revoked_counts_as_wrong(door):
    assert door(HERE, "right")
    door.right = "another"
    assert door(HERE, "right") is None
    guess(door, HERE, MOST - 1)

    with pytest.raises(TooManyGuesses):
        door(HERE, "right")


def test_right_ones_are_not_counted(door):
    assert all(door(HERE, "right") for _ in range(3 * MOST))


def test_addresses_of_one_network_are_one_caller(door):
    for number in range(MOST):
        door(f"2001:db8::{number}", "wrong")

    with pytest.raises(TooManyGuesses):
        door("2001:db8::ffff", "right")


def test_a_token_that_is_refused_is_a_wrong_one():
    def refuse():
        raise TokenRefused("no")

    for _ in range(MOST):
        with pytest.raises(TokenRefused):
            guarded(HERE, "token", refuse, NOON)

    with pytest.raises(TooManyGuesses):
        guarded(HERE, "token", refuse, NOON)


def test_a_provider_that_is_away_is_nobodys_guess():
    def away():
        raise ProviderAway("no")

    for _ in range(MOST + 1):
        with pytest.raises(ProviderAway):
            guarded(HERE, "token", away, NOON)


def test_a_site_may_leave_it_out(door, settings):
    settings.CRONMGMT = {"WRONG_CREDENTIALS": 0}

    guess(door, HERE, 50)

    assert door(HERE, "right")


def test_no_secret_is_in_the_cache(door, monkeypatch):
    kept = []
    for verb in ("set", "add"):
        monkeypatch.setattr(cache, verb, lambda key, *more, **_: kept.append(key))

    door(HERE, "right")

    assert kept
    assert not [key for key in kept if "right" in key.removeprefix("cronmgmt-right-")]


@pytest.mark.parametrize(
    "backend", ["dummy.DummyCache", "filebased.FileBasedCache", "redis.RedisCache"]
)
def test_a_cache_that_keeps_nothing_or_is_away_keeps_nobody_out(
    door, settings, tmp_path, backend
):
    away = tmp_path / "file"
    away.write_text("no folder")
    where = "redis://127.0.0.1:9" if "redis" in backend else str(away / "x")
    settings.CACHES = {
        "default": {
            "BACKEND": f"django.core.cache.backends.{backend}",
            "LOCATION": where,
        }
    }

    guess(door, HERE, MOST + 2)

    assert door(HERE, "right")
