"""The page of a job: its history."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from cronmgmt.models import Gap, Status


@pytest.mark.part("0.2")
def test_a_job_shows_its_runs_latest_first(bob, make_job, make_run, now):
    job = make_job()
    first = make_run(job, scheduled_for=now, duration=2)
    second = make_run(job, status=Status.SKIPPED, reason="Skipped: run 1 was running.")

    page = bob.get("/cron/jobs/members").content.decode()

    assert page.index(str(second.execution_id)) < page.index(str(first.execution_id))
    assert "Skipped: run 1 was running." in page
    assert "2.00 s" in page


def test_history_goes_back_page_by_page(bob, make_job, make_run):
    job = make_job()
    runs = [make_run(job) for _ in range(51)]

    first = bob.get("/cron/jobs/members").content.decode()
    older = re.search(r'href="(/cron/jobs/members\?before=\d+)"', first)[1]
    second = bob.get(older).content.decode()

    assert str(runs[50].execution_id) in first
    assert str(runs[0].execution_id) not in first
    assert str(runs[0].execution_id) in second
    assert str(runs[1].execution_id) not in second
    assert "Older runs" not in second


@pytest.mark.parametrize("before", ["", "x", "-1", "²", "9" * 30])
def test_a_page_that_cannot_be_is_refused(bob, make_job, before):
    make_job()

    assert bob.get("/cron/jobs/members", {"before": before}).status_code == 400


def test_history_does_not_count(bob, make_job, make_run, django_assert_num_queries):
    job = make_job()
    for _ in range(60):
        make_run(job)

    with django_assert_num_queries(9) as asked:
        bob.get("/cron/jobs/members")

    assert not [each for each in asked if "COUNT(" in each["sql"]]


def test_times_at_which_a_job_did_not_run_are_told(bob, make_job, now):
    Gap.objects.create(
        job=make_job(),
        kind=Gap.Kind.MISSED,
        first=now - timedelta(days=2),
        last=now - timedelta(days=1),
        count=2,
        reason="Missed: no scheduler was running.",
        created_at=now,
    )

    page = bob.get("/cron/jobs/members").content.decode()

    assert "2 times. Missed: no scheduler was running." in page


def test_the_error_of_a_failed_run_is_hidden_in_the_history_too(
    bob, make_job, make_run
):
    make_run(make_job(), status=Status.FAILED, reason="ValueError: secret")
    make_run(make_job("b"), status=Status.QUEUED, attempt=1, reason="OSError: secret")

    for name in ("members", "b"):
        assert "secret" not in bob.get(f"/cron/jobs/{name}").content.decode()


# What became of an occurrence.


def answered(client, at):
    return client.get(f"/cron/jobs/members?at={at}").content.decode()


def test_the_page_says_what_became_of_a_time(bob, make_job, make_run, now):
    run = make_run(
        make_job(), Status.SKIPPED, scheduled_for=now, reason="Skipped: run 8 ran."
    )

    page = answered(bob, "2026-06-01T14:00")  # In Amsterdam.

    assert 'class="answer"' in page
    assert "Skipped: run 8 ran." in page
    assert f"/cron/runs/{run.execution_id}" in page


def test_without_a_question_there_is_no_answer(bob, make_job):
    make_job()

    assert 'class="answer"' not in bob.get("/cron/jobs/members").content.decode()
    assert 'class="answer"' not in answered(bob, "yesterday")


def test_the_error_is_not_told_to_everybody(alice, bob, make_job, make_run, now):
    make_run(make_job(), Status.FAILED, scheduled_for=now, reason="OSError: secret")

    assert "secret" in answered(alice, "2026-06-01T14:00")
    assert "secret" not in answered(bob, "2026-06-01T14:00")
