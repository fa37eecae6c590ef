"""The five endpoints of the nightly scheduler, as a program meets them."""

from __future__ import annotations

import pytest

from cronmgmt import registry
from cronmgmt.engine import actions
from cronmgmt.engine.actions import EDITABLE
from cronmgmt.engine.declaring import apply_declarations
from cronmgmt.models import Activity, JobRun, ScheduledJob, Status

pytestmark = pytest.mark.part("2.2")

NIGHTLY = {
    "jobName": "certification-expiry-checker",
    "cronExpression": "0 2 * * *",
    "handler": "t:limited",
}


def test_a_job_is_registered_and_listed(alice):
    made = alice(
        "POST", "jobs", {**NIGHTLY, "timezone": "Europe/Oslo", "params": {"limit": 3}}
    )

    listed = alice("GET", "jobs").json()
    assert made.status_code == 201
    assert made.json() == listed["jobs"][0]
    assert (listed["next"], made.json()["timezone"]) == (None, "Europe/Oslo")
    job = ScheduledJob.objects.get()
    assert (job.name, job.handler, job.params) == (
        "certification-expiry-checker",
        "t:limited",
        {"limit": 3},
    )
    assert Activity.objects.get().source == "api"


def test_a_job_is_registered_with_any_field_that_can_be_edited(alice):
    more = {
        "title": "Certificates",
        "tags": ["nightly"],
        "max_attempts": 3,
        "backoff": "1m",
        "overlap": "wait",
        "mail_to": ["ops@example.org"],
    }

    made = alice("POST", "jobs", {**NIGHTLY, **more})

    assert made.status_code == 201, made.json()
    told = alice("GET", f"jobs/{NIGHTLY['jobName']}").json()["definition"]
    assert {name: told[name] for name in more} == more
    record = Activity.objects.get()
    assert (record.action, record.after["max_attempts"]) == ("register", 3)


def test_every_field_that_can_be_edited_can_be_registered(alice):
    alice("POST", "jobs", NIGHTLY)
    told = alice("GET", f"jobs/{NIGHTLY['jobName']}").json()
    definition = told["definition"]
    copied = {k: v for k, v in definition.items() if k in EDITABLE and v is not None}

    made = alice("POST", "jobs", {**copied, "jobName": "copy"})

    assert made.status_code == 201, made.json()
    copy = alice("GET", "jobs/copy").json()["definition"]
    assert copy == definition


def test_what_is_not_given_stays_in_a_job_that_is_there(alice):
    first = {"title": "Certificates", "timezone": "Europe/Oslo", "params": {"limit": 3}}
    alice("POST", "jobs", {**NIGHTLY, **first, "priority": 10})

    alice("POST", "jobs", {**NIGHTLY, "priority": 30})

    job = ScheduledJob.objects.get()
    assert (job.title, job.priority) == ("Certificates", 30)
    assert (job.timezone, job.params) == ("Europe/Oslo", {"limit": 3})


@pytest.mark.parametrize(
    ("schedule", "shown"),
    [
        ({"cron": "0 3 * * *"}, "0 3 * * *"),
        ({"every": "30s"}, "30s"),
        ({"cron": None}, "manual"),
        ({"every": None}, "manual"),
    ],
    ids=str,
)
def test_a_schedule_of_another_kind_takes_the_place_of_the_expression(
    alice, schedule, shown
):
    body = {"jobName": "often", "handler": "t:limited", **schedule}

    made = alice("POST", "jobs", body)

    assert (made.status_code, made.json()["schedule"]) == (201, shown), made.json()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cronExpression": "* * *"}, "cronExpression"),
        ({"cronExpression": ""}, "cronExpression"),
        ({"every": "1h"}, "every"),
        ({"cron": "* * * * *"}, "cron"),
        ({"handler": "none"}, "handler"),
        ({"timezone": "Mars"}, "timezone"),
        ({"params": {"limit": "x"}}, "params"),
        ({"priority": "x"}, "priority"),
        ({"max_attempts": None}, "max_attempts"),
        ({"tags": {"a": 1}}, "tags"),
        ({"enabled": False}, ""),
        ({"jobName": "No Name"}, "jobName"),
    ],
    ids=str,
)
def test_what_is_wrong_with_it_is_told_by_field(alice, change, field):
    answer = alice("POST", "jobs", {**NIGHTLY, **change})

    assert answer.status_code == 400, answer.json()
    assert field in {each["field"] for each in answer.json()["errors"]}
    assert not ScheduledJob.objects.exists()


def test_a_job_without_any_schedule_says_so(alice):
    body = {"jobName": "never", "handler": "t:limited"}

    (error,) = alice("POST", "jobs", body).json()["errors"]

    assert error["field"] == "cronExpression"


@pytest.fixture
def declared(monkeypatch):
    """A job that the code declares."""
    monkeypatch.setattr(registry, "_declarations", {})
    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))

    @registry.job("declared", cron="0 1 * * *", priority="high")
    def handler(run):
        pass

    apply_declarations()
    return ScheduledJob.objects.get()


def test_what_is_registered_over_the_code_is_marked_as_a_persons(alice, declared):
    body = {"jobName": "declared", "handler": "declared", "cron": "0 5 * * *"}

    assert alice("POST", "jobs", body).status_code == 200

    declared.refresh_from_db()
    assert declared.overrides["schedule_expression"]["by"] == "alice"
    assert "priority" not in declared.overrides


def test_a_job_is_deleted_for_good_and_its_runs_stay(alice, make_job, make_run):
    run = make_run(make_job("nightly"), Status.SUCCEEDED)

    gone = alice("DELETE", "jobs/nightly?forGood=true&reason=moved")

    assert (gone.status_code, gone.content) == (204, b"")
    assert alice("GET", "jobs/nightly").status_code == 404
    assert alice("GET", f"runs/{run.execution_id}").json()["jobName"] == "nightly"
    record = Activity.objects.get(action="delete")
    assert (record.allowed, record.reason, record.source) == (True, "moved", "api")


def test_what_the_code_declares_is_retired_and_never_deleted(alice, declared):
    refused = alice("DELETE", "jobs/declared?forGood=true")

    assert refused.status_code == 409
    assert "The code declares declared" in refused.json()["detail"]
    assert Activity.objects.filter(action="delete", allowed=False).exists()
    assert alice("DELETE", "jobs/declared?forGood=false").status_code == 204
    declared.refresh_from_db()
    assert declared.retired_at


@pytest.mark.parametrize(
    ("query", "status"), [("forGood=1", 400), ("forgood=true", 400), ("reason=x", 204)]
)
def test_a_misspelt_wish_deletes_nothing(alice, make_job, query, status):
    make_job("nightly")

    assert alice("DELETE", f"jobs/nightly?{query}").status_code == status
    assert ScheduledJob.objects.exists()


@pytest.mark.parametrize("role", ["operator", "viewer"])
def test_only_who_may_deletes(as_role, make_job, role):
    make_job("nightly")

    for query in ("forGood=true", "forGood=x", ""):
        answer = as_role(role, f"{role}{query}")("DELETE", f"jobs/nightly?{query}")
        assert answer.status_code == 403
    assert Activity.objects.filter(allowed=False).count() == 3
    assert ScheduledJob.objects.exists()


def test_registering_it_again_changes_it(alice):
    alice("POST", "jobs", NIGHTLY)

    again = alice("POST", "jobs", {**NIGHTLY, "cronExpression": None})

    assert (again.status_code, again.json()["schedule"]) == (200, "manual")


def test_a_job_is_triggered(alice, make_job):
    make_job("nightly", handler="t:limited")

    answer = alice(
        "POST", "jobs/nightly/trigger", {"params": {"limit": 7}, "reason": "late"}
    )

    run = JobRun.objects.get()
    assert answer.status_code == 202
    assert answer.json() == {"jobName": "nightly", "executionId": str(run.execution_id)}
    assert (run.params, run.requested_by, run.reason) == ({"limit": 7}, "alice", "late")


def test_a_trigger_needs_no_body_and_names_what_is_in_its_way(alice, make_job):
    make_job("nightly")
    first = alice("POST", "jobs/nightly/trigger")

    second = alice("POST", "jobs/nightly/trigger")

    assert (first.status_code, second.status_code) == (202, 409)
    assert second["Content-Type"] == "application/problem+json"
    problem = second.json()
    assert problem["executionId"] == first.json()["executionId"]
    assert (problem["title"], problem["status"]) == ("Conflict", 409)


def test_the_last_result_is_told(alice, make_job, make_run):
    job = make_job("nightly")
    before = alice("GET", "jobs/nightly/last-result").json()
    run = make_run(job, Status.FAILED, error_message="no source", duration=1.5)
    ScheduledJob.objects.update(last_execution_id=run.execution_id)

    after = alice("GET", "jobs/nightly/last-result").json()

    assert before == {**dict.fromkeys(after), "jobName": "nightly"}
    assert (after["status"], after["error"]) == ("failed", "no source")
    assert (after["duration"], after["jobName"]) == (1.5, "nightly")


def test_who_may_not_read_errors_is_told_that_there_is_one(bob, make_job, make_run):
    job = make_job("nightly", last_error="secret")
    run = make_run(job, Status.FAILED, error_message="secret")
    ScheduledJob.objects.update(last_execution_id=run.execution_id, last_error="secret")

    told = [bob("GET", "jobs").json()["jobs"][0]]
    told.append(bob("GET", "jobs/nightly/last-result").json())

    assert {each["error"] for each in told} == {
        "Failed. You may not read error messages."
    }


def test_a_deregistered_job_stays_retired_until_it_is_registered(alice, bob):
    alice("POST", "jobs", NIGHTLY)
    path = f"jobs/{NIGHTLY['jobName']}"

    gone = alice("DELETE", path)

    assert (gone.status_code, gone.content) == (204, b"")
    assert bob("GET", "jobs").json()["jobs"] == []
    assert alice("POST", f"{path}/trigger").status_code == 409
    assert alice("POST", "jobs", NIGHTLY).status_code == 201
    assert alice("POST", f"{path}/trigger").status_code == 202


def test_jobs_come_a_page_at_a_time(bob, make_job, make_run):
    jobs = [make_job(name) for name in "cab"]
    make_run(jobs[0], Status.RUNNING)

    first = bob("GET", "jobs?limit=2").json()
    second = bob("GET", f"jobs?limit=2&cursor={first['next']}").json()

    assert [each["name"] for each in first["jobs"] + second["jobs"]] == ["a", "b", "c"]
    assert (first["next"], second["next"]) == ("b", None)
    assert second["jobs"][0]["status"] == "running"


def test_the_list_costs_the_same_however_many_jobs(
    bob, make_job, django_assert_max_num_queries
):
    for number in range(20):
        make_job(f"job-{number}")

    with django_assert_max_num_queries(10):
        bob("GET", "jobs")


@pytest.mark.parametrize("slash", ["", "/"])
def test_no_post_is_redirected(alice, make_job, slash):
    make_job("nightly")

    assert alice("POST", f"jobs{slash}", NIGHTLY).status_code == 201
    assert alice("POST", f"jobs/nightly/trigger{slash}").status_code == 202
    assert alice("GET", f"jobs/nightly/last-result{slash}").status_code == 200
    assert alice("DELETE", f"jobs/nightly{slash}").status_code == 204


def test_a_restricted_job_is_not_there(as_role, make_job):
    otto = as_role("manager", "otto")
    make_job("payroll")
    actions.restrict_job("payroll", {"Payroll": "act"})
    asked = [
        ("POST", "jobs/{}/trigger", None),
        ("GET", "jobs/{}/last-result", None),
        ("DELETE", "jobs/{}", None),
    ]

    for method, path, body in asked:
        hidden = otto(method, path.format("payroll"), body)
        invented = otto(method, path.format("payrall"), body)
        assert hidden.status_code == invented.status_code == 404
        assert hidden.content.replace(b"payroll", b"payrall") == invented.content
    assert otto("GET", "jobs").json()["jobs"] == []
    taken = otto("POST", "jobs", {**NIGHTLY, "jobName": "payroll"})
    assert taken.status_code == 404
