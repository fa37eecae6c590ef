"""One contact gets to the API, whatever happens on the way."""

from __future__ import annotations

import pytest
from django.test import override_settings

from cronmgmt import NonRetryable, Retry
from project.intercom.client import PATIENCE, Client, ContactRefused
from project.intercom.limiter import Limiter
from tests.project.api import TOKEN, an_api, cut, dawdle, refuse, take_and_cut
from tests.project.times import Time

pytestmark = pytest.mark.part("0.1")

PER_SECOND = 40
ANN = {"external_id": "1", "name": "Ann"}


@pytest.fixture(autouse=True)
def loopback():
    hosts = ["127.0.0.1"]
    with override_settings(CRONMGMT={"HTTP_HOSTS": hosts, "HTTP_PRIVATE_HOSTS": hosts}):
        yield


@pytest.fixture(scope="module")
def server():
    with an_api(per_second=PER_SECOND) as api:
        yield api


@pytest.fixture
def api(server):
    server.begin()
    return server


@pytest.fixture
def time():
    return Time()


def client(api, time, token=TOKEN, **options):
    limiter = Limiter(PER_SECOND, clock=time, sleep=time.sleep)
    return Client(api.url, token, limiter, **options)


@pytest.mark.parametrize(
    ("fault", "replays"),
    [
        (refuse(429), 0),
        (refuse(500), 0),
        (refuse(503), 0),
        (cut, 0),
        (take_and_cut, 1),
        (dawdle, 0),
    ],
)
def test_a_passing_fault_is_got_over_and_the_effect_is_one(api, time, fault, replays):
    api.begin({1: fault})

    client(api, time).push(ANN, "a")

    assert api.stand_in.contacts == {"1": ANN}
    assert (api.counts["effects"], api.counts["replays"]) == (1, replays)


def test_a_server_that_is_too_slow_is_asked_again_under_the_same_key(api, time):
    api.begin({1: dawdle})

    client(api, time, timeout=0.05).push(ANN, "a")

    assert len(api.times) == 2
    assert api.counts["effects"] == 1


def test_it_waits_for_as_long_as_the_api_says(api, time):
    api.begin({1: refuse(429, **{"Retry-After": "7"})})

    client(api, time).push(ANN, "a")

    assert 7 <= time() < 8


def test_each_failure_makes_it_wait_longer_and_then_it_gives_up(api, time):
    api.begin({number: refuse(503) for number in range(1, 7)})

    with pytest.raises(Retry, match="6 times: status 503"):
        client(api, time, backoff=1).push(ANN, "a")

    assert len(api.times) == 6
    assert 1 + 2 + 4 + 8 + 16 <= time() < 32


def test_a_long_silence_puts_the_run_off(api, time):
    seconds = PATIENCE + 1
    api.begin({1: refuse(429, **{"Retry-After": str(seconds)})})

    with pytest.raises(Retry) as put_off:
        client(api, time).push(ANN, "a")

    assert put_off.value.after.total_seconds() == seconds
    assert len(api.times) == 1


def test_a_wrong_token_ends_the_run(api, time):
    with pytest.raises(NonRetryable, match="INTERCOM_TOKEN"):
        client(api, time, token="other").push(ANN, "a")

    assert len(api.times) == 1


def test_a_contact_that_the_api_does_not_want_is_not_sent_twice(api, time):
    with pytest.raises(ContactRefused, match="422"):
        client(api, time).push({"name": "Ann"}, "a")

    assert len(api.times) == 1


def test_nobody_at_the_other_end_is_a_matter_of_time(time):
    with an_api() as gone:
        pass

    with pytest.raises(Retry, match="ConnectionRefusedError"):
        client(gone, time, tries=2).push(ANN, "a")


def test_the_real_clock_keeps_the_limit(api):
    there = Client(api.url, TOKEN, Limiter(PER_SECOND))

    for number in range(60):
        there.push({**ANN, "external_id": str(number)}, f"{number}")

    assert api.counts["breaches"] == 0
    assert api.most_in_a_second() <= PER_SECOND
