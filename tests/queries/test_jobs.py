"""What pages, API and commands ask about jobs: three queries, whatever the history."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt import queries
from cronmgmt.errors import UnknownJob
from cronmgmt.models import Status
from tests.conftest import MOMENT

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_jobs_are_listed_by_name(make_job, now):
    make_job("positions")
    make_job("members")
    make_job("old", retired_at=now)

    assert [state.job.name for state in queries.jobs()] == ["members", "positions"]
    assert len(queries.jobs(retired=True)) == 3


@pytest.mark.parametrize(
    ("unfinished", "last_error", "status"),
    [
        (None, "", "idle"),
        (None, "no rows", "error"),
        (Status.QUEUED, "", "idle"),
        (Status.QUEUED, "no rows", "error"),
        (Status.CLAIMED, "", "running"),
        (Status.RUNNING, "no rows", "running"),
    ],
)
def test_the_status_of_a_job(make_job, make_run, unfinished, last_error, status):
    job = make_job(last_error=last_error)
    make_run(job, Status.FAILED)
    if unfinished:
        make_run(job, unfinished)

    assert queries.job("job").status == status


def test_of_several_unfinished_runs_the_one_that_runs_is_shown(make_job, make_run):
    job = make_job(overlap="allow")
    make_run(job)
    running = make_run(job, Status.RUNNING)
    make_run(job)

    assert queries.job("job").current == running
    assert queries.jobs()[0].current == running


def test_of_those_that_wait_the_first_is_shown(make_job, make_run):
    job = make_job(overlap="allow")
    first = make_run(job)
    make_run(job)

    assert queries.job("job").current == first


@pytest.mark.parametrize(("key", "blocked"), [("k", True), (None, False)])
def test_a_run_that_holds_the_key_blocks_a_trigger(make_job, make_run, key, blocked):
    make_run(make_job(), active_key=key)

    assert queries.job("job").blocked == blocked


def test_an_idle_job_is_not_blocked(make_job):
    make_job()

    assert not queries.job("job").blocked


@pytest.mark.parametrize("name", ["ghost", "", "job ", "a\x00b", "\ud800"])
def test_an_unknown_job_is_called_so(make_job, name):
    make_job()

    with pytest.raises(UnknownJob):
        queries.job(name)


def test_listing_costs_the_same_for_any_number_of_jobs_and_runs(
    make_job, make_run, django_assert_num_queries
):
    for number in range(5):
        job = make_job(f"job-{number}", overlap="allow")
        for status in (Status.SUCCEEDED, Status.QUEUED, Status.QUEUED):
            make_run(job, status)

    with django_assert_num_queries(3):
        states = queries.jobs()
        for state in states:
            queries.job_as_json(state)


FAILED = {
    "last_started_at": MOMENT - HOUR,
    "last_duration": 1.23456,
    "last_status": "failed",
    "last_error": "no rows",
    "last_success_at": MOMENT - DAY,
    "consecutive_failures": 2,
}


@pytest.mark.part("0.6")
def test_programs_are_told_of_a_job(make_job):
    make_job("members", schedule_expression="15 7 * * *", title="Members", **FAILED)

    assert queries.job_as_json(queries.job("members")) == {
        "name": "members",
        "status": "error",
        "lastRun": "2026-06-01T11:00:00+00:00",
        "nextRun": "2026-06-02T07:15:00+00:00",
        "duration": 1.235,
        "error": "no rows",
        "title": "Members",
        "schedule": "15 7 * * *",
        "timezone": "UTC",
        "state": "on",
        "lastStatus": "failed",
        "lastSuccess": "2026-05-31T12:00:00+00:00",
        "consecutiveFailures": 2,
        "executionId": None,
    }


@pytest.mark.part("0.6")
def test_of_a_job_that_never_ran_little_is_known(make_job):
    make_job("report", schedule_kind="manual", schedule_expression="")

    told = queries.job_as_json(queries.job("report"))

    assert (told["lastRun"], told["nextRun"], told["duration"]) == (None, None, None)
    assert (told["error"], told["schedule"]) == (None, "manual")
