"""The list of jobs."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from cronmgmt.models import ScheduledJob, Status


@pytest.mark.part("0.2")
def test_the_list_shows_each_job_with_its_times_and_a_button(alice, make_job, now):
    make_job(
        title="Members",
        last_started_at=now - timedelta(hours=3),
        last_duration=75,
        last_error="no route to host",
    )

    page = alice.get("/cron/").content.decode()

    for part in [
        "Members",
        "Every day at 07:15 (UTC)",
        "state-error",
        "2026-06-01 11:00:00",
        "3\xa0hours ago",
        "1 min 15 s",
        "2026-06-02 09:15:00",
        "no route to host",
        'action="/cron/trigger/members"',
    ]:
        assert part in page


@pytest.mark.part("0.2")
def test_the_list_looks_again_with_and_without_scripts(bob, make_job, now):
    make_job()

    page = bob.get("/cron/").content.decode()

    assert '<meta http-equiv="refresh" content="30">' in page
    assert int(re.search(r'data-seconds="(\d+)"', page)[1]) <= 30


def test_the_list_looks_again_sooner_while_something_runs(bob, make_job, make_run, now):
    make_run(make_job(), status=Status.RUNNING)

    assert 'data-seconds="5"' in bob.get("/cron/").content.decode()


def test_who_may_only_look_gets_no_buttons_and_no_error_text(bob, make_job):
    make_job(last_error="no route to host")

    page = bob.get("/cron/").content.decode()

    assert "<button class=" not in page
    assert "no route" not in page
    assert "You may not read error messages" in page


def test_a_job_that_is_off_says_why_and_by_whom(bob, make_job, now):
    make_job(enabled=False, off_since=now, off_by="alice", off_reason="repair")

    page = bob.get("/cron/").content.decode()

    assert "state-off" in page
    assert "by alice: repair" in page


def test_a_broken_row_is_shown_as_broken(bob, make_job):
    make_job()
    make_job("healthy")
    ScheduledJob.objects.filter(name="members").update(
        schedule_expression="61 * * * *",
        set_aside_reason="InvalidSchedule: minute",
        next_run_at=None,
    )

    page = bob.get("/cron/").content.decode()

    assert "Unusable schedule" in page
    assert "InvalidSchedule: minute" in page
    assert "healthy" in page
    assert bob.get("/cron/jobs/members").status_code == 200


def test_a_name_that_no_form_would_accept_does_not_hide_the_others(bob, make_job):
    make_job()
    make_job("healthy")
    ScheduledJob.objects.filter(name="members").update(name="No Such/Name")

    page = bob.get("/cron/").content.decode()

    assert "No Such/Name" in page
    assert "/cron/jobs/healthy" in page


def test_an_empty_list_says_how_to_fill_it(bob):
    assert "There are no jobs yet" in bob.get("/cron/").content.decode()


@pytest.mark.parametrize("count", [5, 200])
def test_the_list_costs_the_same_for_any_number_of_jobs(
    alice, make_job, make_run, django_assert_max_num_queries, count
):
    for number in range(count):
        make_run(make_job(f"job-{number}"), status=Status.RUNNING)

    with django_assert_max_num_queries(8):
        alice.get("/cron/")
