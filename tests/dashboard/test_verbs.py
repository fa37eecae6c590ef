"""What people and programs may do by POST, and who may not."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from cronmgmt.models import Activity, JobRun, ScheduledJob, Status

JSON = {"accept": "application/json"}

VERBS = [
    ("/cron/trigger/members", {}),
    ("/cron/jobs/members/off", {"reason": "repair"}),
    ("/cron/jobs/members/on", {}),
    ("/cron/runs/{id}/cancel", {}),
    ("/cron/runs/{id}/rerun", {}),
]


@pytest.fixture
def paths(make_job, make_run):
    run = make_run(make_job())
    return [(path.format(id=run.execution_id), data) for path, data in VERBS]


@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_who_may_not_is_refused_and_the_attempt_is_on_record(request, paths, who):
    client = request.getfixturevalue(who)
    for path, data in paths:
        answer = client.post(path, data)

        noted = Activity.objects.first()
        assert answer.status_code == 403, path
        assert (noted.actor, noted.allowed, noted.source) == (who, False, "dashboard")
        assert noted.address == "127.0.0.1"
    assert JobRun.objects.count() == 1


def test_strangers_are_asked_to_log_in(client, paths):
    for path, data in paths:
        answer = client.post(path, data)

        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/accounts/login/?next=/cron/")
    assert not Activity.objects.exists()


def test_programs_of_strangers_get_401(client, paths):
    for path, data in paths:
        assert client.post(path, data, headers=JSON).status_code == 401


def test_a_form_without_the_token_is_refused(logged_in, paths):
    careful = logged_in("dora", "trigger_scheduledjob", enforce_csrf_checks=True)
    for path, data in paths:
        assert careful.post(path, data).status_code == 403, path
    assert not Activity.objects.exists()


def test_a_job_is_switched_off_until_a_date_for_a_reason(alice, make_job, now):
    job = make_job()

    answer = alice.post(
        "/cron/jobs/members/off", {"reason": "repair", "until": "2026-06-03T09:00"}
    )

    job.refresh_from_db()
    assert answer.status_code == 303
    assert (job.enabled, job.off_reason, job.off_by) == (False, "repair", "alice")
    assert job.off_until.isoformat() == "2026-06-03T07:00:00+00:00"


@pytest.mark.parametrize(
    ("data", "status", "field"),
    [
        ({}, 400, "Reason"),
        ({"reason": "x", "until": "soon"}, 400, "Until"),
        ({"reason": "x", "until": "2026-03-29T02:30"}, 400, "Until"),  # does not exist
        ({"reason": "x", "until": "2020-01-01T00:00"}, 409, "passed"),
    ],
)
def test_a_switch_that_makes_no_sense_is_refused(
    alice, make_job, now, data, status, field
):
    make_job()

    answer = alice.post("/cron/jobs/members/off", data)

    assert answer.status_code == status
    assert field in answer.content.decode()


def test_a_job_is_switched_on_again(alice, make_job, now):
    job = make_job(enabled=False, off_since=now - timedelta(hours=1))

    answer = alice.post("/cron/jobs/members/on", headers=JSON)

    job.refresh_from_db()
    assert job.enabled
    assert answer.json()["nextRun"] == "2026-06-02T07:15:00Z"


def test_a_waiting_run_is_cancelled(alice, make_job, make_run):
    run = make_run(make_job(), status=Status.QUEUED)

    answer = alice.post(f"/cron/runs/{run.execution_id}/cancel", headers=JSON)

    assert answer.json()["status"] == "cancelled"


def test_a_finished_run_cannot_be_cancelled(alice, make_job, make_run):
    run = make_run(make_job())

    answer = alice.post(f"/cron/runs/{run.execution_id}/cancel/", headers=JSON)

    assert answer.status_code == 409


def test_a_finished_run_is_run_again(alice, make_job, make_run):
    old = make_run(make_job())

    answer = alice.post(f"/cron/runs/{old.execution_id}/rerun", headers=JSON)

    new = JobRun.objects.latest("id")
    assert answer.status_code == 202
    assert new.rerun_of == old.execution_id


def test_a_run_that_does_not_exist_cannot_be_cancelled(alice):
    answer = alice.post(f"/cron/runs/{uuid.uuid4()}/cancel", headers=JSON)

    assert answer.status_code == 404


def test_a_row_broken_by_hand_can_be_switched_off_and_not_on(alice, make_job):
    make_job()
    ScheduledJob.objects.update(schedule_expression="61 * * * *")

    answer = alice.post("/cron/jobs/members/off", {"reason": "x"}, headers=JSON)
    assert answer.status_code == 200
    answer = alice.post("/cron/jobs/members/on", {"reason": "x"}, headers=JSON)

    assert answer.status_code == 409
    assert "minute" in answer.json()["error"]
