"""Runs: found, read, followed, repeated, stopped, one or several."""

from __future__ import annotations

from uuid import uuid4

import pytest

from cronmgmt.engine import actions
from cronmgmt.models import Activity, JobRun, RunLog, Status


@pytest.fixture
def job(make_job):
    return make_job("nightly", handler="t:limited")


def test_runs_come_latest_first_a_page_at_a_time(bob, job, make_run):
    ids = [str(make_run(job, Status.SUCCEEDED).execution_id) for _ in range(3)]

    first = bob("GET", "runs?limit=2").json()
    second = bob("GET", f"runs?limit=2&cursor={first['next']}").json()

    found = [each["executionId"] for each in first["runs"] + second["runs"]]
    assert (found, second["next"]) == (ids[::-1], None)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("state=failed", ["failed"]),
        ("state=failures", ["failed"]),
        ("state=unfinished", ["queued"]),
        ("show=failed", ["failed"]),
        ("job=nightly", ["succeeded", "failed"]),
        ("person=alice", ["queued"]),
        ("origin=schedule", []),
        ("since=2026-06-01T12:00:01Z", []),
        ("until=2026-06-01T14:00:00%2B02:00", ["succeeded", "queued", "failed"]),
        ("text=needle", []),
    ],
)
def test_runs_are_found_by_the_pages_filters(bob, job, make_run, question, found):
    make_run(job, Status.FAILED, reason="the needle", error_message="needle")
    make_run(requested_by="alice")
    make_run(job, Status.SUCCEEDED)

    told = bob("GET", f"runs?{question}").json()["runs"]

    assert [each["status"] for each in told] == found


@pytest.mark.parametrize(
    "question",
    "state=x show=x origin=x since=x since=2026-06-01T12:00:00 until=0001-01-01T00:00Z "
    "cursor=x limit=0 status=failed job=%00".split()
    + [f"text={'x' * 151}"],
)
def test_a_wrong_question_about_runs_is_refused(bob, question):
    assert bob("GET", f"runs?{question}").status_code == 400


def test_all_of_a_run_is_told_but_errors_to_who_may_read_them(
    bob, alice, job, make_run
):
    facts = {"reason": "secret", "error_message": "secret", "traceback": "secret"}
    run = make_run(
        job, Status.FAILED, params={"password": "hunter2"}, result=[1], **facts
    )
    path = f"runs/{run.execution_id}"

    told, hidden = alice("GET", path), bob("GET", path)

    assert told.json()["traceback"] == told.json()["error"] == "secret"
    assert told.json()["result"] == [1]
    assert "hunter2" not in told.content.decode()
    assert "secret" not in hidden.content.decode()


@pytest.mark.parametrize("path", [f"runs/{uuid4()}", "runs/x", f"runs/{uuid4()}/log"])
def test_a_run_that_is_not_there_is_a_problem(bob, path):
    answer = bob("GET", path)

    assert (answer.status_code, answer.json()["status"]) == (404, 404)


def test_a_log_is_followed(bob, job, make_run):
    run = make_run(job, Status.RUNNING)
    path = f"runs/{run.execution_id}/log"
    RunLog.objects.create(run_id=run.pk, text="one\n", attempt=1, at=run.created_at)

    first = bob("GET", path).json()
    RunLog.objects.create(run_id=run.pk, text="two\n", attempt=1, at=run.created_at)
    JobRun.objects.update(status=Status.SUCCEEDED, finished_at=run.created_at)
    second = bob("GET", f"{path}?after={first['last']}").json()

    assert (first["text"], first["ended"]) == ("one\n", False)
    assert (second["text"], second["ended"]) == ("two\n", True)
    assert bob("GET", f"{path}?after=x").status_code == 400


def test_a_run_is_cancelled(alice, job, make_run):
    run = make_run(job)

    answer = alice("POST", f"runs/{run.execution_id}/cancel", {"reason": "late"})

    assert (answer.status_code, answer.json()["status"]) == (202, "cancelled")
    assert JobRun.objects.get().reason == "Cancelled by alice: late"
    again = alice("POST", f"runs/{run.execution_id}/cancel")
    assert again.status_code == 409


def test_a_run_is_repeated_with_other_parameters_for_another_date(alice, job, make_run):
    old = make_run(job, Status.FAILED, params={"limit": 1})
    body = {"params": {"limit": 9}, "intendedFor": "2026-05-01T00:00:00Z"}

    answer = alice("POST", f"runs/{old.execution_id}/retry", body)

    run = JobRun.objects.get(execution_id=answer.json()["executionId"])
    assert answer.status_code == 202
    assert (run.rerun_of, run.params) == (old.execution_id, {"limit": 9})
    assert run.intended_for.isoformat() == "2026-05-01T00:00:00+00:00"


def test_several_runs_are_repeated_and_each_refusal_says_why(
    as_role, make_job, make_run
):
    otto = as_role("operator", "otto")
    done = make_run(make_job("open"), Status.FAILED)
    busy = make_run(make_job("busy"), Status.QUEUED)
    hidden = make_run(make_job("payroll"), Status.FAILED)
    actions.restrict_job("payroll", {"Payroll": "act"})
    ids = [str(run.execution_id) for run in (done, busy, hidden)]

    told = otto("POST", "runs/bulk", {"verb": "rerun", "executionIds": ids}).json()

    assert len(told["done"]) == 1
    assert told["refused"].keys() == set(ids[1:])
    assert told["refused"][ids[2]] == "There is no such run."
    assert Activity.objects.filter(actor="otto", allowed=False).count() == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"verb": "delete", "executionIds": [str(uuid4())]},
        {"verb": ["rerun"], "executionIds": [str(uuid4())]},
        {"verb": "rerun", "executionIds": []},
        {"verb": "rerun", "executionIds": ["x"]},
        {"verb": "rerun", "executionIds": [1]},
        {"verb": "rerun", "executionIds": [uuid4().hex]},
        {"verb": "rerun", "executionIds": [str(uuid4()) for _ in range(101)]},
    ],
    ids=lambda body: str(body)[:40],
)
def test_a_wrong_choice_of_runs_is_refused(alice, body):
    assert alice("POST", "runs/bulk", body).status_code == 400
