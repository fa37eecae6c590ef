"""Triggering a job, by hand and by program."""

from __future__ import annotations

import json

import pytest

from cronmgmt import registry
from cronmgmt.models import Activity, JobRun, Status

JSON = {"accept": "application/json"}


def post_json(client, path, body, **headers):
    data = body if isinstance(body, str) else json.dumps(body)
    return client.post(path, data, content_type="application/json", headers=headers)


@pytest.mark.part("0.3")
@pytest.mark.parametrize("path", ["/cron/trigger/members", "/cron/trigger/members/"])
def test_a_program_that_triggers_learns_which_run_it_started(alice, make_job, path):
    make_job()

    answer = alice.post(path, headers=JSON)

    run = JobRun.objects.get()
    assert run.status == Status.QUEUED
    assert answer.status_code == 202
    assert answer.json() == {
        "jobName": "members",
        "executionId": str(run.execution_id),
    }


@pytest.mark.part("0.3")
def test_a_person_who_triggers_is_back_on_the_page(alice, make_job):
    make_job()

    answer = alice.post("/cron/trigger/members", {"next": "/cron/jobs/members"})

    assert (answer.status_code, answer["Location"]) == (303, "/cron/jobs/members")
    assert b"members is queued" in alice.get("/cron/jobs/members").content


@pytest.mark.parametrize("elsewhere", ["", "https://evil.example/", "//evil.example/"])
def test_nobody_is_sent_to_another_site(alice, make_job, elsewhere):
    make_job()

    answer = alice.post("/cron/trigger/members", {"next": elsewhere})

    assert answer["Location"] == "/cron/"


@pytest.mark.part("0.3")
def test_a_run_in_the_way_is_named_to_programs(alice, make_job):
    make_job()
    first = alice.post("/cron/trigger/members", headers=JSON).json()

    answer = alice.post("/cron/trigger/members", headers=JSON)

    assert answer.status_code == 409
    assert answer.json()["executionId"] == first["executionId"]
    assert "queued" in answer.json()["error"]


def test_a_run_in_the_way_is_shown_to_people(alice, make_job):
    make_job()
    alice.post("/cron/trigger/members")

    answer = alice.post("/cron/trigger/members")

    assert answer.status_code == 409
    assert f"/cron/runs/{JobRun.objects.get().execution_id}" in answer.content.decode()


def test_parameters_of_the_job_can_be_replaced_for_one_run(alice, make_job):
    make_job(params={"limit": 1, "dry": True})

    post_json(alice, "/cron/trigger/members", {"params": {"limit": 9}})

    assert JobRun.objects.get().params == {"limit": 9, "dry": True}


def test_parameters_that_do_not_fit_the_handler_are_refused(alice, make_job):
    registry.add_handler("tests.verbs", lone_handler)
    make_job(handler="tests.verbs")

    answer = post_json(alice, "/cron/trigger/members", {"params": {"limit": 9}})

    registry.forget("tests.verbs")
    assert answer.status_code == 400
    assert "limit" in answer.json()["error"]


def lone_handler(run):
    """Take no parameters."""


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        '"members"',
        "\xff",
        "[" * 100_000,
        '{"parms": {}}',
        '{"params": []}',
        '{"params": {"limit": NaN}}',
        '{"reason": 5}',
    ],
    ids=lambda body: body[:20],
)
def test_a_body_that_cannot_be_read_is_refused(alice, make_job, body):
    make_job()

    answer = post_json(alice, "/cron/trigger/members", body)

    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]
    assert not JobRun.objects.exists()


def test_an_unknown_job_cannot_be_triggered(alice):
    answer = alice.post("/cron/trigger/nobody", headers=JSON)

    assert answer.status_code == 404


@pytest.mark.parametrize("who", ["alice", "client"])
def test_a_link_triggers_nothing(request, make_job, who):
    make_job()

    answer = request.getfixturevalue(who).get("/cron/trigger/members")

    assert answer.status_code == 405
    assert not JobRun.objects.exists()


def test_a_trigger_is_on_record(alice, make_job):
    make_job()

    alice.post("/cron/trigger/members", {"reason": "asked by finance"})

    noted = Activity.objects.get()
    assert (noted.actor, noted.action, noted.allowed) == ("alice", "trigger", True)
    assert (noted.job_name, noted.reason) == ("members", "asked by finance")
