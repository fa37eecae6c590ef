"""One job: read, edited by one at a time, switched; what will be and what was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.models import Activity, ScheduledJob, Status

LATER = "2026-06-02T00:00:00+02:00"


@pytest.fixture
def job(make_job):
    return make_job("nightly", handler="t:limited", params={"limit": 3})


def tag_of(program):
    return program("GET", "jobs/nightly")["ETag"]


def test_all_of_a_job_is_told(bob, job):
    answer = bob("GET", "jobs/nightly")

    told = answer.json()
    assert answer["ETag"] == f'"{told["revision"]}"' == f'"{job.revision}"'
    assert told["definition"]["cron"] == "0 * * * *"
    assert told["definition"]["params"] == {"limit": 3}


def test_an_edit_changes_what_is_given_and_nothing_else(alice, job):
    fields = {"cron": "0 3 * * *", "max_attempts": 3, "backoff": "1m"}

    answer = alice("PATCH", "jobs/nightly", fields, **{"If-Match": tag_of(alice)})

    assert answer.status_code == 200
    assert answer["ETag"] != f'"{job.revision}"'
    job.refresh_from_db()
    assert (job.schedule_expression, job.max_attempts) == ("0 3 * * *", 3)
    assert (job.params, job.backoff) == ({"limit": 3}, timedelta(minutes=1))
    record = Activity.objects.get()
    assert (record.action, record.after["max_attempts"]) == ("edit", 3)


def test_an_interval_takes_the_place_of_a_cron_expression(alice, job):
    tag = tag_of(alice)

    answer = alice("PATCH", "jobs/nightly", {"every": "30s"}, **{"If-Match": tag})

    assert answer.json()["definition"]["every"] == "30s"
    assert "cron" not in answer.json()["definition"]


def test_of_two_edits_of_the_same_job_the_second_is_refused(alice, job):
    tag = tag_of(alice)
    first = alice("PATCH", "jobs/nightly", {"title": "one"}, **{"If-Match": tag})

    second = alice("PATCH", "jobs/nightly", {"title": "two"}, **{"If-Match": tag})

    assert (first.status_code, second.status_code) == (200, 412)
    assert "changed meanwhile" in second.json()["detail"]
    assert ScheduledJob.objects.get().title == "one"


@pytest.mark.parametrize(
    ("tag", "status"), [("", 428), ('"x"', 412), ('"9999999999999999999"', 412)]
)
def test_an_edit_says_of_what(alice, job, tag, status):
    answer = alice("PATCH", "jobs/nightly", {"title": "x"}, **{"If-Match": tag})

    assert answer.status_code == status
    assert ScheduledJob.objects.get().title == ""


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"cron": "* * *"}, "cron"),
        ({"cron": 5}, "cron"),
        ({"every": "1h", "cron": "* * * * *"}, "every"),
        ({"handler": "none"}, "handler"),
        ({"handler": None}, "handler"),
        ({"params": {"limit": "x"}}, "params"),
        ({"params": []}, "params"),
        ({"priority": "x"}, "priority"),
        ({"priority": 10**15}, "priority"),
        ({"max_attempts": None}, "max_attempts"),
        ({"timeout": 5}, "timeout"),
        ({"timeout": "999999999999d"}, "timeout"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at"),
        ({"starts_at": "9999-12-31T23:59:59-14:00"}, "starts_at"),
        ({"starts_at": "now"}, "starts_at"),
        ({"tags": {"a": 1}}, "tags"),
        ({"title": "x" * 300}, "title"),
        ({"timezone": "Mars"}, "timezone"),
        ({"retry_on": [1]}, "retry_on"),
        ({"calendar": "none"}, "calendar"),
        ({"enabled": False}, ""),
    ],
    ids=str,
)
def test_a_wrong_edit_is_refused_with_the_field(alice, job, fields, wrong):
    answer = alice("PATCH", "jobs/nightly", fields, **{"If-Match": tag_of(alice)})

    assert answer.status_code == 400, answer.json()
    assert wrong in {each["field"] for each in answer.json()["errors"]}
    job.refresh_from_db()
    assert (job.title, job.handler, job.priority) == ("", "t:limited", 20)


def test_a_masked_parameter_stays_what_it_was(alice, make_job):
    make_job("nightly", handler="far:away", params={"password": "hunter2", "limit": 1})
    shown = alice("GET", "jobs/nightly").json()["definition"]["params"]
    tag = tag_of(alice)

    alice("PATCH", "jobs/nightly", {"params": {**shown, "x": 1}}, **{"If-Match": tag})

    assert "hunter2" not in str(shown)
    held = ScheduledJob.objects.get().params
    assert held == {"password": "hunter2", "limit": 1, "x": 1}


def test_a_job_is_switched_off_and_on(alice, job):
    off = alice("POST", "jobs/nightly/off", {"reason": "frozen", "until": LATER})
    on = alice("POST", "jobs/nightly/on")

    assert (off.json()["state"], off.json()["offReason"]) == ("off", "frozen")
    assert off.json()["offUntil"] == "2026-06-01T22:00:00+00:00"
    assert (on.json()["state"], on.json()["offReason"]) == ("on", "")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"reason": ""}, 400),
        ({"reason": "x", "until": "tomorrow"}, 400),
        ({"reason": "x", "until": "2026-06-02T00:00:00"}, 400),
        ({"reason": "x", "until": "0001-01-01T00:00:00+14:00"}, 400),
        ({"reason": "x", "until": 5}, 400),
        ({"reason": "x", "until": "2020-01-01T00:00:00Z"}, 409),
    ],
    ids=str,
)
def test_it_is_not_switched_off_without_a_reason_or_until_anything(
    alice, job, body, status
):
    assert alice("POST", "jobs/nightly/off", body).status_code == status
    assert ScheduledJob.objects.get().enabled


def test_the_next_times_are_told(bob, job):
    told = bob("GET", "jobs/nightly/next?limit=2").json()

    assert told["moments"] == ["2026-06-01T12:00:00+00:00", "2026-06-01T13:00:00+00:00"]
    assert told["words"]
    assert bob("GET", "jobs/nightly/next?limit=101").status_code == 400


def test_why_it_did_not_run_is_told(bob, alice, job, make_run, now):
    make_run(job, Status.FAILED, scheduled_for=now, reason="secret")
    asked = "jobs/nightly/why?at=2026-06-01T12:00:00Z"

    told, hidden = alice("GET", asked).json(), bob("GET", asked).json()

    assert (told["outcome"], told["reason"]) == ("failed", "secret")
    assert "secret" not in hidden["reason"]
    assert bob("GET", "jobs/nightly/why").status_code == 200
    assert bob("GET", "jobs/nightly/why?at=2026-06-01").status_code == 400
