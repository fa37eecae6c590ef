"""The stand-in counts what a client does wrong."""

from __future__ import annotations

import json

import pytest

from project.intercom.stand_in import StandIn
from tests.project.times import Time

ANN = json.dumps({"external_id": "1", "name": "Ann"})
BEA = json.dumps({"external_id": "1", "name": "Bea"})


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def api(time):
    return StandIn("s3cret", per_second=3, clock=time)


def push(api, key, body=ANN, authorization="Bearer s3cret"):
    return api.receive(authorization, key, body).status


def test_a_key_has_one_effect(api):
    assert [push(api, "a"), push(api, "a")] == [200, 200]

    assert (api.counts["effects"], api.counts["replays"]) == (1, 1)
    assert api.counts["duplicates"] == 0


def test_the_same_contact_under_another_key_is_a_duplicate(api):
    push(api, "a")
    push(api, "b")

    assert (api.counts["effects"], api.counts["duplicates"]) == (2, 1)


def test_going_back_is_none(api):
    for key, body in [("a", ANN), ("b", BEA), ("c", ANN)]:
        push(api, key, body)

    assert (api.counts["effects"], api.counts["duplicates"]) == (3, 0)


def test_a_request_too_many_in_any_second_is_a_breach(api, time):
    for _ in range(3):
        push(api, "a")
        time.sleep(0.3)

    reply = api.receive("Bearer s3cret", "b", ANN)
    time.sleep(0.5)

    assert (reply.status, reply.headers["Retry-After"]) == (429, "1")
    assert push(api, "b") == 200
    assert api.counts["breaches"] == 1


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"authorization": ""}, 401),
        ({"authorization": "Bearer other"}, 401),
        ({"key": ""}, 400),
        ({"body": "{"}, 422),
        ({"body": "[]"}, 422),
        ({"body": '{"name": "Ann"}'}, 422),
    ],
)
def test_what_is_wrong_has_no_effect(api, wrong, status):
    assert push(api, **{"key": "a", **wrong}) == status

    assert api.counts["effects"] == 0


def test_without_a_token_nobody_gets_in():
    assert push(StandIn(""), "a", authorization="Bearer ") == 401
