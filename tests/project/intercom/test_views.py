"""The stand-in API as the demo site serves it."""

from __future__ import annotations

import json

import pytest
from django.test import RequestFactory

from project.intercom import views
from project.intercom.stand_in import StandIn

ANN = {"external_id": "1", "name": "Ann"}


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    monkeypatch.setattr(views, "stand_in", StandIn("s3cret"))
    return views.stand_in


def push(token="s3cret", method="post"):
    request = getattr(RequestFactory(), method)(
        "/stand-in/intercom/contacts",
        json.dumps(ANN),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "a"},
    )
    return views.contacts(request)


def test_it_takes_a_contact_and_says_how_many_more_may_come(stand_in):
    answer = push()

    assert (answer.status_code, stand_in.contacts) == (200, {"1": ANN})
    assert answer["X-RateLimit-Remaining"] == "49"


def test_it_takes_none_without_the_token(stand_in):
    assert push(token="other").status_code == 401
    assert push(method="put").status_code == 405
    assert stand_in.contacts == {}


def test_it_says_what_it_has_counted():
    push()
    push()

    answer = views.counts(RequestFactory().get("/stand-in/intercom/"))

    counts = json.loads(answer.content)
    assert (counts["contacts"], counts["effects"], counts["replays"]) == (1, 1, 1)
