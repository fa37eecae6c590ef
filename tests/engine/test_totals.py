"""What pages show of a job stands on its row: they never read its history."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.engine.finishing import finish
from cronmgmt.engine.outcomes import Outcome
from cronmgmt.models import Status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("every_path")]

SECOND = timedelta(seconds=1)

SUCCESS = Outcome(Status.SUCCEEDED, duration=1.5)
FAILURE = Outcome(Status.FAILED, error_message="no rows", duration=2.5)


def test_a_success_is_on_the_jobs_row(make_job, make_run, clock):
    job = make_job(consecutive_failures=3, last_error="no rows")
    run = make_run(job, Status.RUNNING)
    clock.move(2 * SECOND)

    finish(run, SUCCESS)

    job.refresh_from_db()
    assert (job.last_execution_id, job.last_status) == (run.execution_id, "succeeded")
    assert job.last_started_at == clock.time - 2 * SECOND
    assert job.last_finished_at == job.last_success_at == clock.time
    assert job.last_duration == job.last_success_duration == 1.5
    assert (job.last_error, job.consecutive_failures) == ("", 0)
    assert (job.runs_total, job.failures_total) == (1, 0)


def test_failures_in_a_row_are_counted_until_the_next_success(make_job, make_run):
    job = make_job()
    seen = []
    for outcome in (FAILURE, Outcome(Status.TIMED_OUT, "slow"), SUCCESS, FAILURE):
        finish(make_run(job, Status.RUNNING), outcome)
        job.refresh_from_db()
        seen.append(job.consecutive_failures)

    assert seen == [1, 2, 0, 1]
    assert (job.runs_total, job.failures_total) == (4, 3)


def test_when_it_last_failed_for_good_outlasts_the_next_success(
    make_job, make_run, clock
):
    job = make_job()
    finish(make_run(job, Status.RUNNING), SUCCESS)
    job.refresh_from_db()
    assert job.last_failure_at is None

    finish(make_run(job, Status.RUNNING), FAILURE)
    failed_at = clock.time
    clock.move(SECOND)
    finish(make_run(job, Status.RUNNING), SUCCESS)

    job.refresh_from_db()
    assert job.last_failure_at == failed_at


def test_the_error_stays_until_the_next_success(make_job, make_run):
    job = make_job()
    finish(make_run(job, Status.RUNNING), FAILURE)
    finish(make_run(job, Status.RUNNING), Outcome(Status.CANCELLED, may_retry=False))

    job.refresh_from_db()
    assert (job.last_error, job.last_status) == ("no rows", "cancelled")
    assert job.consecutive_failures == 1


def test_a_failure_keeps_the_last_success(make_job, make_run):
    job = make_job()
    finish(make_run(job, Status.RUNNING), SUCCESS)
    finish(make_run(job, Status.RUNNING), FAILURE)

    job.refresh_from_db()
    assert (job.last_duration, job.last_success_duration) == (2.5, 1.5)


def test_a_run_whose_job_is_gone_still_ends(make_run):
    assert finish(make_run(status=Status.RUNNING), SUCCESS).recorded
