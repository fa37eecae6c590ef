"""``Idempotency-Key``: what is sent again is done once, and answered as before."""

from __future__ import annotations

import json

import pytest
from django.core.checks import run_checks
from django.test import Client

from cronmgmt.engine import actions, idempotency
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.models import Activity, JobRun, KeptAnswer, Status
from tests.api.conftest import Program

pytestmark = pytest.mark.part("2.2")

TRIGGER = "jobs/nightly/trigger"
KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"


@pytest.fixture(autouse=True)
def nightly(make_job):
    return make_job("nightly", handler="t:limited", overlap="allow")


def send(program, path=TRIGGER, body=None, key=KEY, **how):
    return program("POST", path, body, **{"Idempotency-Key": key}, **how)


def is_refused(answer, status):
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.status_code == answer.json()["status"] == status
    return answer.json()["detail"]


def test_a_trigger_that_is_sent_again_makes_no_second_run(alice):
    first, second = send(alice), send(alice)

    run = JobRun.objects.get()
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.content == second.content
    assert first.json() == {"jobName": "nightly", "executionId": str(run.execution_id)}
    assert first["Location"] == second["Location"]
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"


def test_the_run_can_be_followed_at_the_location(alice):
    told = alice("POST", TRIGGER)

    run = alice.client.get(told["Location"]).json()
    assert run["executionId"] == told.json()["executionId"]


def test_without_a_key_each_request_is_one(alice):
    for _ in range(2):
        assert alice("POST", TRIGGER).status_code == 202

    assert JobRun.objects.count() == 2
    assert not KeptAnswer.objects.exists()


RIGHTS = ["add_jobrun", "view_jobrun", "rerun_jobrun", "cancel_jobrun"]


def enqueued(run):
    return "enqueue", {"handler": "t:limited", "params": {"limit": 3}}


def repeated(run):
    return f"runs/{run.execution_id}/retry", {}


def cancelled(run):
    return f"runs/{run.execution_id}/cancel", {"reason": "a mistake"}


def all_repeated(run):
    return "runs/bulk", {"verb": "rerun", "executionIds": [str(run.execution_id)]}


@pytest.mark.parametrize(
    ("asked", "status", "runs"),
    [
        (enqueued, Status.SUCCEEDED, 2),
        (repeated, Status.SUCCEEDED, 2),
        (cancelled, Status.QUEUED, 1),
        (all_repeated, Status.SUCCEEDED, 2),
    ],
)
def test_so_it_is_with_all_that_is_no_mere_setting(
    make_user, nightly, make_run, asked, status, runs
):
    client = Client()
    client.force_login(make_user("dora", *RIGHTS))
    path, body = asked(make_run(nightly, status))

    first, second = (send(Program(client), path, body) for _ in range(2))

    assert 200 <= first.status_code < 300, first.content
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second["Idempotency-Replayed"] == "true"
    assert JobRun.objects.count() == runs


def test_the_same_request_may_be_written_otherwise(alice):
    body = {"params": {"limit": 3}, "reason": "late"}
    send(alice, body=body)
    other = json.dumps({"reason": "late", "params": {"limit": 3}}, indent=2)

    again = alice("POST", f"{TRIGGER}/", raw=other, **{"Idempotency-Key": f'"{KEY}"'})

    assert again["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    ("path", "body"),
    [(TRIGGER, {"reason": "y"}), ("jobs/other/trigger", {"reason": "x"})],
)
def test_another_request_under_the_key_is_refused(alice, make_job, path, body):
    make_job("other")
    send(alice, body={"reason": "x"})

    assert "take a new one" in is_refused(send(alice, path, body), 422)
    assert JobRun.objects.count() == 1


def test_the_first_being_under_way_a_program_is_told_when_to_ask(alice, monkeypatch):
    monkeypatch.setattr(idempotency, "_held", lambda known: None)

    answer = send(alice)

    assert "is under way" in is_refused(answer, 409)
    assert answer["Retry-After"] == "1"
    assert not JobRun.objects.exists()


def test_a_refusal_is_not_kept_and_is_on_record_once(alice, make_job):
    make_job("lonely")
    alice("POST", "jobs/lonely/trigger")
    path = "jobs/lonely/trigger"

    assert "is queued" in is_refused(send(alice, path), 409)
    refused = Activity.objects.get(allowed=False)
    work_a_slice("default")
    done = send(alice, path)

    assert (refused.action, refused.job_name) == ("trigger", "lonely")
    assert (done.status_code, "Idempotency-Replayed" in done) == (202, False)


def test_a_fault_of_ours_leaves_the_key_free(alice, monkeypatch):
    def fail(*args, **options):
        raise RuntimeError("a fault")

    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(actions, "trigger", fail)
        send(alice)

    assert "Idempotency-Replayed" not in send(alice)


def test_what_is_refused_at_the_door_concerns_no_key(alice, bob, anonymous):
    wrong = [
        (send(anonymous), 401),
        (send(bob), 403),
        (send(alice, "jobs/none/trigger"), 404),
        (send(alice, body={"params": 5}), 400),
        (send(alice, raw=b" " * 1_000_001), 413),
        (send(alice, body={}, kind="text/plain"), 415),
    ]

    for answer, status in wrong:
        is_refused(answer, status)
    assert not KeptAnswer.objects.exists()
    assert send(alice).status_code == 202


BAD = ["", " ", "x" * 256, "é", "a\tb", '"a', '""', '"a" "b"', '"\\x"']


@pytest.mark.parametrize("key", BAD, ids=ascii)
def test_what_is_no_key_is_refused(alice, key):
    assert "1 to 255 printable" in is_refused(send(alice, key=key), 400)
    assert not JobRun.objects.exists()


@pytest.mark.parametrize("key", ["x", "x" * 255, "a b,c;d", '"a\\"b\\\\"', "'"])
def test_any_printable_text_is_a_key(alice, key):
    assert send(alice, key=key).status_code == 202
    assert send(alice, key=key)["Idempotency-Replayed"] == "true"


def test_nobody_is_told_what_another_was_answered(alice, as_role):
    _, secret = actions.make_key("alice", ["operator"], actions.CODE)
    key = Program(Client(headers={"Authorization": f"Bearer {secret}"}))

    answers = [send(who) for who in (alice, as_role("operator", "olga"), key)]

    assert {each.status_code for each in answers} == {202}
    assert not any("Idempotency-Replayed" in each for each in answers)
    assert len({each.content for each in answers}) == 3


def test_who_may_no_longer_is_told_nothing(make_user):
    client = Client()
    user = make_user("dora", "trigger_scheduledjob")
    client.force_login(user)
    send(Program(client))
    user.user_permissions.clear()

    assert "executionId" not in send(Program(client)).json()


def test_what_is_sent_again_is_no_second_deed_on_record(alice):
    send(alice)
    send(alice)

    assert Activity.objects.filter(action="trigger").count() == 1


def test_the_key_itself_is_kept_nowhere(alice):
    send(alice)

    assert KEY not in str(KeptAnswer.objects.values().get())


def named(name, operation):
    """Return whether an operation has a parameter of that name."""
    return name in {each["name"] for each in operation.get("parameters", ())}


def test_the_document_tells_of_it(charlie):
    paths = charlie("GET", "schema").json()["paths"]
    taking = {
        path.removeprefix("/api/v1/scheduler/")
        for path, at in paths.items()
        if named("Idempotency-Key", at.get("post", {}))
    }
    trigger = paths["/api/v1/scheduler/jobs/{name}/trigger"]["post"]["responses"]

    assert taking == {
        "jobs/{name}/trigger",
        "enqueue",
        "runs/{execution_id}/retry",
        "runs/{execution_id}/cancel",
        "runs/bulk",
    }
    assert trigger["202"]["headers"].keys() == {"Location", "Idempotency-Replayed"}
    for code, number in (("409", 2), ("422", 1)):
        problem = trigger[code]["content"]["application/problem+json"]
        assert len(problem["examples"]) == number


@pytest.mark.parametrize("kept", [0, 60])
def test_a_wrong_time_is_an_error_of_the_check(settings, kept):
    settings.CRONMGMT = {"IDEMPOTENCY_KEYS_KEPT": kept}

    assert "cronmgmt.E003" in {message.id for message in run_checks()}
