"""What pages, API and commands ask about runs: a bounded number of rows."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import override_settings

from cronmgmt import queries
from cronmgmt.clock import sql_now
from cronmgmt.errors import UnknownJob
from cronmgmt.models import RunLog, ScheduledJob, Status

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_the_last_result_is_that_of_the_last_run_that_ended(make_job, make_run):
    job = make_job()
    run = make_run(job, Status.SUCCEEDED, duration=0.5, result={"rows": 3})
    make_run(job, Status.SKIPPED)
    ScheduledJob.objects.update(last_execution_id=run.execution_id)

    told = queries.result_as_json(queries.last_result("job"))

    assert told["executionId"] == str(run.execution_id)
    assert (told["status"], told["duration"]) == ("succeeded", 0.5)
    assert (told["result"], told["error"]) == ({"rows": 3}, None)


def test_before_the_first_run_there_is_no_result(make_job):
    make_job()

    assert queries.last_result("job") is None
    with pytest.raises(UnknownJob):
        queries.last_result("ghost")


def test_a_last_run_that_was_pruned_is_no_result(make_job):
    make_job(last_execution_id=uuid4())

    assert queries.last_result("job") is None


def test_the_history_of_a_job_is_its_own_latest_first(make_job, make_run):
    job = make_job()
    runs = [make_run(job, Status.SUCCEEDED) for _ in range(3)]
    make_run(make_job("other"), Status.SUCCEEDED)

    assert list(queries.history("job")) == runs[::-1]
    assert list(queries.history("ghost")) == []


def test_a_run_is_found_by_its_execution_id(make_run):
    run = make_run()

    assert queries.run(str(run.execution_id)) == run
    assert queries.run(str(uuid4())) is None
    assert queries.run("not-an-id") is None


def test_pages_of_history_follow_each_other(make_job, make_run):
    job = make_job()
    runs = [make_run(job, Status.SUCCEEDED) for _ in range(5)][::-1]

    first = queries.history_page(job, size=2)
    second = queries.history_page(job, first.older, size=2)
    third = queries.history_page(job, second.older, size=2)

    assert [*first.runs, *second.runs, *third.runs] == runs
    assert third.older is None


def test_a_page_that_fits_exactly_is_the_last(make_job, make_run):
    job = make_job()
    for _ in range(2):
        make_run(job, Status.SUCCEEDED)

    assert queries.history_page(job, size=2).older is None


def test_a_page_of_history_is_one_query(make_job, make_run, django_assert_num_queries):
    job = make_job()
    for _ in range(5):
        make_run(job, Status.SUCCEEDED)

    with django_assert_num_queries(1):
        queries.history_page(job, size=3)


def test_the_log_is_put_together_in_its_order(make_run):
    run, other = make_run(), make_run()
    for text in ("one\n", "two\n"):
        RunLog.objects.create(run=run, attempt=1, at=sql_now(), text=text)
    RunLog.objects.create(run=other, attempt=1, at=sql_now(), text="other")

    assert queries.log_text(run) == "one\ntwo\n"
    assert queries.log_text(make_run()) == ""


@pytest.mark.parametrize(
    ("text", "allowed", "shown"),
    [
        ("no rows", True, "no rows"),
        ("no rows", False, "Failed. You may not read error messages."),
        ("", False, ""),
    ],
)
def test_an_error_is_shown_to_those_who_may_read_it(text, allowed, shown):
    with override_settings(LANGUAGE_CODE="en"):
        assert queries.shown_error(text, allowed=allowed) == shown


@pytest.mark.parametrize(
    ("status", "attempt", "hidden"),
    [
        (Status.FAILED, 1, True),
        (Status.QUEUED, 1, True),  # It was tried: this is that attempt's error.
        (Status.QUEUED, 0, False),
        (Status.SKIPPED, 0, False),
        (Status.CANCELLED, 1, False),
        (Status.LOST, 1, False),
        (Status.TIMED_OUT, 1, False),
    ],
)
def test_a_reason_is_hidden_where_it_is_an_error(make_run, status, attempt, hidden):
    run = make_run(status=status, attempt=attempt, reason="because")

    assert queries.shown_reason(run, allowed=True) == "because"
    assert (queries.shown_reason(run, allowed=False) != "because") == hidden
