"""The page of the next 24 hours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from cronmgmt.models import ScheduledJob, Status

PATH = "/cron/upcoming"


def test_each_job_has_a_lane_and_its_starts_in_a_table(bob, make_job):
    make_job(title="Members", expected_duration=timedelta(minutes=2))

    page = bob.get(PATH).content.decode()

    assert '<svg class="lane"' in page
    assert "2026-06-02 09:15:00" in page  # Amsterdam
    assert "2 min" in page
    assert "At no time do three or more jobs run at once" in page


def test_hours_are_those_of_the_readers_clock(bob, make_job, settings):
    settings.TIME_ZONE = "Asia/Kolkata"  # Half an hour off: its hour began at 17:00.
    make_job()

    page = bob.get(PATH).content.decode()

    assert page.index("<span>17</span>") < page.index("<span>18</span>")


def test_a_pile_up_is_told_in_words(bob, make_job):
    for name in "abc":
        make_job(name, title=name.upper())

    page = bob.get(PATH).content.decode()

    assert "3 jobs at once" in page
    assert "A, B, C" in page


def test_a_site_where_nothing_runs_by_itself_says_so(bob):
    assert "Nothing is to run by itself" in bob.get(PATH).content.decode()


def test_what_is_under_way_says_when_it_should_end(bob, make_job, make_run, now):
    hour = timedelta(hours=1)
    job = make_job(title="Members", expected_duration=2 * hour)
    make_run(job, Status.RUNNING, started_at=now - hour)
    make_run(
        make_job("slow", expected_duration=hour),
        Status.RUNNING,
        started_at=now - 2 * hour,
    )
    make_run(make_job("new"), Status.RUNNING, started_at=now)

    page = bob.get(PATH).content.decode()

    assert "2026-06-01 15:00:00" in page  # Amsterdam
    assert page.count("longer than expected") == 1
    assert page.count("not known yet") == 1
    assert 'class="going" d="M0.0' in page
    assert "under way, outlined" in page


def test_a_spread_job_shows_when_it_really_starts(bob, make_job, now):
    job = make_job(jitter=timedelta(minutes=30))

    page = bob.get(PATH).content.decode()

    start = localtime(job.start_of(job.next_run_at))
    assert f"{start:%Y-%m-%d %H:%M:%S}" in page
    assert "spread over 30 min" in page


@pytest.mark.parametrize("count", [5, 500])
def test_it_costs_the_same_for_any_number_of_jobs(
    bob, make_job, django_assert_max_num_queries, count
):
    rows = [make_job("job-0")]
    rows += [
        ScheduledJob(
            name=f"job-{number}",
            handler="elsewhere",
            schedule_expression="15 7 * * *",
            next_run_at=rows[0].next_run_at,
        )
        for number in range(1, count)
    ]
    ScheduledJob.objects.bulk_create(rows[1:])

    with django_assert_max_num_queries(11):
        page = bob.get(PATH).content.decode()

    assert page.count('class="lane"') == min(count, 100)


@pytest.mark.parametrize("path", [PATH, "/cron/system"])
def test_charlie_and_strangers_see_nothing(client, charlie, path):
    assert charlie.get(path).status_code == 403
    assert client.get(path).status_code == 302


@pytest.mark.parametrize("path", [PATH, f"{PATH}?live=1"])
def test_nothing_is_sent_again_while_nothing_changes(bob, make_job, path):
    make_job()
    tag = bob.get(f"{PATH}?live=1")["ETag"]

    answer = bob.get(f"{PATH}?live=1", headers={"If-None-Match": tag})

    assert answer.status_code == 304


def test_a_drawing_that_ends_early_says_so(bob, make_job):
    make_job("rare")
    assert "thin line" not in bob.get(PATH).content.decode()

    make_job("often", schedule_kind="interval", schedule_expression="1m")

    assert "thin line" in bob.get(PATH).content.decode()
