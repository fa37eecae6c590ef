"""Requests are far enough apart, wherever the time between them is spent."""

from __future__ import annotations

from random import Random

import pytest

from project.intercom.limiter import LONGEST, Limiter, hold
from tests.project.times import Time


@pytest.mark.part("0.1")
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("per_second", [1, 7, 50])
def test_no_second_at_the_other_end_sees_too_many(seed, per_second):
    random, time, arrivals = Random(seed), Time(), []
    limiter = Limiter(per_second, clock=time, sleep=time.sleep)

    for _ in range(4 * per_second):
        limiter.wait()
        time.sleep(random.choice([0, 0.001, 0.4]))  # on its way
        arrivals.append(time())
        time.sleep(random.choice([0, 0.001, 0.4]))  # on the way back
        limiter.answered()

    pairs = zip(arrivals, arrivals[per_second:], strict=False)
    assert min(later - sooner for sooner, later in pairs) >= 1 - 1e-9


def test_the_first_request_waits_for_the_worker_before():
    time = Time()

    Limiter(4, clock=time, sleep=time.sleep).wait()

    assert time() == 0.25


def test_it_keeps_silent_for_as_long_as_it_is_asked_to():
    time = Time()
    limiter = Limiter(4, clock=time, sleep=time.sleep)

    limiter.answered(hold=3)
    limiter.wait()

    assert time() == 3


@pytest.mark.parametrize("per_second", [0, -1])
def test_a_limit_of_nothing_is_refused(per_second):
    with pytest.raises(ValueError):
        Limiter(per_second)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"retry-after": "3"}, 3),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0),
        ({"retry-after": "nan"}, 0),
        ({"retry-after": "99999999"}, LONGEST),
        ({"x-ratelimit-remaining": "1", "x-ratelimit-reset": "1010"}, 0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1010"}, 10),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "990"}, 0),
        ({"x-ratelimit-remaining": "0"}, 0),
        (
            {
                "retry-after": "20",
                "x-ratelimit-remaining": "0",
                "x-ratelimit-reset": "1010",
            },
            20,
        ),
    ],
)
def test_the_silence_that_headers_ask_for(headers, seconds):
    assert hold(headers, now=1000.0) == seconds
