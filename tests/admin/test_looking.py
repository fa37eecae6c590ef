"""What is seen of jobs in the admin, and by whom."""

from __future__ import annotations

import pytest

from cronmgmt.models import ScheduledJob
from tests.admin.test_jobs import ADD, LIST, NEW


def test_the_preview_shows_runs_and_what_clock_changes_do(
    vera, make_job, change_url, now
):
    job = make_job(schedule_expression="30 2 * * *", timezone="Europe/Amsterdam")

    page = vera.get(change_url(job)).content.decode()

    assert "Tue 2 Jun 2026, 02:30:00 Europe/Amsterdam" in page
    assert page.count("02:30:00 Europe/Amsterdam") == 10
    assert "25 October 2026: 02:30 happens twice" in page


def test_the_preview_of_a_job_that_is_off_says_so(vera, make_job, change_url):
    job = make_job(enabled=False)

    page = vera.get(change_url(job)).content.decode()

    assert "It is off; switched on, it would run:" in page


def test_texts_in_the_preview_and_list_stay_text(vera, make_job, change_url):
    evil = "<script>alert(1)</script>"
    job = make_job(title=evil)
    ScheduledJob.objects.update(set_aside_reason=evil, schedule_expression=evil)

    for path in (LIST, change_url(job)):
        page = vera.get(path).content.decode()
        assert "alert(1)" in page
        assert evil not in page


def test_who_may_only_look_cannot_write(vera, make_job, change_url):
    job = make_job()

    assert vera.post(change_url(job), NEW).status_code == 403
    assert vera.post(ADD, NEW).status_code == 403
    assert vera.post(f"{LIST}{job.pk}/delete/", {"post": "yes"}).status_code == 403


def test_staff_without_rights_sees_nothing(logged_in, make_job, change_url):
    stranger = logged_in("charlie")

    assert stranger.get(LIST).status_code == 403
    assert stranger.get(change_url(make_job())).status_code == 403


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("on", ["on"]),
        ("off", ["off"]),
        ("set-aside", ["aside"]),
        ("retired", ["retired"]),
    ],
)
def test_jobs_are_filtered_by_state(vera, make_job, now, state, names):
    make_job("on")
    make_job("off", enabled=False)
    make_job("aside")
    make_job("retired", retired_at=now)
    ScheduledJob.objects.filter(name="aside").update(set_aside_reason="broken")

    found = vera.get(LIST, {"state": state}).context["cl"].result_list

    assert [job.name for job in found] == names


@pytest.mark.parametrize("count", [5, 90])
def test_the_list_costs_the_same_for_any_number_of_jobs(
    vera, make_job, django_assert_max_num_queries, count
):
    for number in range(count):
        make_job(f"job-{number}")

    with django_assert_max_num_queries(10):
        vera.get(LIST)
