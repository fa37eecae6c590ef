"""``Idempotency-Key`` at the dashboard's doors: the same rules as over REST."""

from __future__ import annotations

import pytest

from cronmgmt.engine import idempotency
from cronmgmt.models import Activity, JobRun, KeptAnswer, Status

pytestmark = pytest.mark.part("0.3")

TRIGGER = "/cron/trigger/members"
JSON = {"accept": "application/json"}
KEY = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}


@pytest.fixture(autouse=True)
def members(make_job):
    return make_job(overlap="allow")


def send(client, path=TRIGGER, body=None, **headers):
    return client.post(path, body or {}, headers={**JSON, **KEY, **headers})


def test_a_trigger_that_is_sent_again_makes_no_second_run(alice):
    first, second = send(alice), send(alice, f"{TRIGGER}/")

    run = JobRun.objects.get()
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.content == second.content
    assert first.json()["executionId"] == str(run.execution_id)
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Activity.objects.filter(action="trigger").count() == 1


def test_so_it_is_with_runs(alice, members, make_run):
    for verb, status, runs in (("rerun", "succeeded", 2), ("cancel", "queued", 3)):
        path = f"/cron/runs/{make_run(members, Status(status)).execution_id}/{verb}"

        first, second = send(alice, path), send(alice, path)

        assert first.status_code == second.status_code < 300, first.content
        assert second["Idempotency-Replayed"] == "true"
        assert JobRun.objects.count() == runs
        KeptAnswer.objects.all().delete()


def test_a_form_is_sent_back_again_whatever_its_token(alice):
    form = {"csrfmiddlewaretoken": "a" * 32, "next": "/cron/jobs/members"}
    send(alice, body=form, accept="text/html")

    again = send(
        alice, body={**form, "csrfmiddlewaretoken": "b" * 32}, accept="text/html"
    )

    assert (again.status_code, again["Location"]) == (303, "/cron/jobs/members")
    assert JobRun.objects.count() == 1


def test_another_request_under_the_key_is_refused(alice):
    send(alice, body={"reason": "x"})

    answer = send(alice, body={"reason": "y"})

    assert answer.status_code == 422
    assert "take a new one" in answer.json()["error"]
    assert JobRun.objects.count() == 1


def test_the_first_being_under_way_a_program_is_told_when_to_ask(alice, monkeypatch):
    monkeypatch.setattr(idempotency, "_held", lambda known: None)

    answer = send(alice)

    assert (answer.status_code, answer["Retry-After"]) == (409, "1")
    assert not JobRun.objects.exists()


def test_what_is_no_key_is_refused(alice):
    answer = send(alice, **{"Idempotency-Key": "x" * 256})

    assert answer.status_code == 400
    assert "1 to 255 printable" in answer.json()["error"]


def test_who_may_not_is_refused_before_the_key(alice, bob):
    send(alice)

    assert send(bob).status_code == 403
    assert KeptAnswer.objects.count() == 1


@pytest.mark.parametrize(
    "path", ["/cron/jobs/members/trigger", "/cron/bulk", "/cron/runs/several"]
)
def test_a_page_that_heeds_no_key_says_so(alice, path):
    answer = send(alice, path, {"job": "members", "action": "trigger"})

    assert answer.status_code == 400
    assert "Idempotency-Key is not heeded here" in answer.json()["error"]
    assert not JobRun.objects.exists()
