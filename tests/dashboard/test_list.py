"""The list of jobs."""

from __future__ import annotations

import re
from copy import copy
from datetime import timedelta

import pytest

from cronmgmt.models import JobRun, ScheduledJob, Status


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
        "2026-06-02 09:15",
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

    assert "<button" not in page.partition("<table")[2].partition("</table>")[0]
    assert "/cron/bulk" not in page
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


@pytest.fixture
def make_many(make_job, now):
    """Save so many jobs that differ in their name only, some with a few runs."""

    def make(count):
        model = make_job("job-0", tags=["nightly"])
        jobs = [copy(model) for _ in range(1, count)]
        for number, job in enumerate(jobs, start=1):
            job.pk, job.name = None, f"job-{number}"
        ScheduledJob.objects.bulk_create(jobs)
        ran = {"status": "succeeded", "origin": "schedule", "finished_at": now}
        JobRun.objects.bulk_create(
            JobRun(job=job, job_name=job.name, available_at=now, created_at=now, **ran)
            for job in ScheduledJob.objects.all()[:50]
        )

    return make


@pytest.mark.part("0.2")
@pytest.mark.part("4.11")
@pytest.mark.parametrize("count", [5, 500, 5000])
def test_the_list_costs_the_same_for_any_number_of_jobs(
    alice, make_many, django_assert_max_num_queries, count
):
    make_many(count)

    with django_assert_max_num_queries(12):
        page = alice.get("/cron/?tag=nightly&q=job").content.decode()

    assert page.count('id="job-') == min(count, 50)
    assert f"of {count}<" in page or count < 50


def test_long_lists_come_in_pages(alice, make_many):
    make_many(120)

    last = alice.get("/cron/?page=3&q=job").content.decode()

    assert "101 to 120 of 120" in last
    assert 'rel="prev" href="/cron/?q=job&amp;page=2"' in last
    assert 'rel="next"' not in last
    assert "101 to 120 of 120" in alice.get("/cron/?page=99").content.decode()


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "page=²", "sort=colour", "state=happy", "show=all"]
)
def test_what_means_nothing_is_refused_by_name(alice, query):
    assert alice.get(f"/cron/?{query}").status_code == 400


def test_filters_are_links_with_numbers_that_keep_the_others(alice, make_job):
    make_job(tags=["nightly"], owner="data", last_error="no rows")
    make_job("other", tags=["nightly"])

    page = alice.get("/cron/?q=m&tag=nightly&sort=-last").content.decode()

    assert 'href="/cron/?q=m&amp;state=error&amp;tag=nightly&amp;sort=-last"' in page
    assert 'href="/cron/?q=m&amp;sort=-last" aria-current="true"' in page
    assert 'name="tag" value="nightly"' in page  # The search carries it along.
    assert "/cron/jobs/members" in page
    assert "/cron/jobs/other" not in page


def test_what_asks_for_attention_is_one_click_away(alice, make_job, now):
    make_job(last_failure_at=now)
    make_job("fine")

    page = alice.get("/cron/?show=attention").content.decode()

    assert "failed in the last 24 hours" in page
    assert "/cron/jobs/fine" not in page


def test_a_list_without_a_match_says_so(alice, make_job):
    make_job()

    page = alice.get("/cron/?q=nobody").content.decode()

    assert "No job matches" in page
    assert 'href="/cron/">Show all jobs' in page


@pytest.mark.part("0.2")
@pytest.mark.parametrize(
    ("columns", "title", "icon"),
    [
        ({}, "Jobs", "favicon.svg"),
        ({"last_error": "x"}, "1 error – Jobs", "favicon-bad.svg"),
        ({"set_aside_reason": "x"}, "1 need attention – Jobs", "favicon-bad.svg"),
    ],
)
def test_the_browsers_tab_tells_how_the_jobs_are(alice, make_job, columns, title, icon):
    ScheduledJob.objects.filter(pk=make_job().pk).update(**columns)

    page = alice.get("/cron/").content.decode()

    assert f"<title>{title} ·" in page
    assert f'data-title="{title}"' in page
    assert f'href="/static/cronmgmt/{icon}" type="image/svg+xml" data-state' in page


def test_the_next_run_is_told_by_the_readers_clock_and_the_jobs(alice, make_job):
    make_job(timezone="America/New_York")

    page = alice.get("/cron/").content.decode()

    assert ">2026-06-01 13:15</time>" not in page
    assert "2026-06-02 13:15" in page
    assert "2026-06-02 07:15 America/New_York" in page


def test_a_run_that_took_long_is_marked(alice, make_job, make_run, now):
    expected = timedelta(seconds=60)
    make_job(last_started_at=now, last_duration=75, expected_duration=expected)
    usual = make_job("usual", last_started_at=now, last_duration=20)
    make_run(usual, duration=2.0)

    page = alice.get("/cron/").content.decode()

    assert page.count("aside long") == 2
    assert "usual 2 s" in page


def test_the_last_success_is_told_when_it_was_not_the_last_run(alice, make_job, now):
    hours = timedelta(hours=1)
    make_job(
        last_started_at=now - hours,
        last_status="failed",
        last_success_at=now - 9 * hours,
    )

    page = alice.get("/cron/").content.decode()

    assert re.search(r"last success\s+<time[^>]+>9\xa0hours ago", page)


@pytest.mark.part("4.11")
def test_the_latest_occurrences_are_drawn_and_told(alice, make_job, make_run, now):
    job = make_job()
    make_run(job, Status.SUCCEEDED, scheduled_for=now - timedelta(hours=2))
    make_run(job, Status.FAILED, scheduled_for=now - timedelta(hours=1))

    page = alice.get("/cron/").content.decode()

    assert "The last 2 times: 1 succeeded, 1 failed; the latest: failed." in page
    assert "<title>failed: 2026-06-01 13:00:00</title>" in page
