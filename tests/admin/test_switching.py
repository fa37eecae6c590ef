"""Jobs switched off together, with the reason and the time until which."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cronmgmt.models import Activity, ScheduledJob
from tests.admin.test_verbs import do

SOON = {"switch": "1", "off_reason": "repair", "off_until": "2026-06-01T18:00"}


def test_the_action_asks_before_it_does_anything(root, make_job):
    answer = do(root, "switch_off", make_job("a"), make_job("b"))

    assert answer.templates[0].name == "admin/cronmgmt/switch_off.html"
    assert answer.content.count(b'name="_selected_action"') == 2
    assert ScheduledJob.objects.filter(enabled=True).count() == 2


def test_jobs_are_off_until_then_and_on_again(root, make_job):
    jobs = [make_job("a"), make_job("b")]

    do(root, "switch_off", *jobs, **SOON)

    for job in ScheduledJob.objects.all():
        assert (job.enabled, job.off_by, job.off_reason) == (False, "root", "repair")
        assert job.off_until == datetime(2026, 6, 1, 16, tzinfo=UTC)
    assert {each.reason for each in Activity.objects.all()} == {"repair"}

    do(root, "switch_on", *jobs)
    assert ScheduledJob.objects.filter(enabled=True, off_until=None).count() == 2


@pytest.mark.parametrize(
    "mistake",
    [
        {"off_until": "2026-06-01T13:59"},
        {"off_until": "tomorrow"},
        {"off_reason": "x" * 501},
    ],
)
def test_a_mistake_is_said_and_the_page_asks_again(root, make_job, mistake):
    answer = do(root, "switch_off", make_job(), **{**SOON, **mistake})

    assert list(answer.context["form"].errors) == list(mistake)
    assert ScheduledJob.objects.get().enabled


def test_the_list_says_until_when_and_why(root, make_job):
    answer = do(root, "switch_off", make_job(), **SOON)

    assert b"off until 1 Jun 2026 18:00: repair" in answer.content


def test_who_may_not_switch_is_not_asked(erin, make_job):
    do(erin, "switch_off", make_job(), **SOON)

    assert ScheduledJob.objects.get().enabled


def test_titles_and_reasons_stay_text(root, make_job):
    evil = '"><script>alert(1)</script>'
    job = make_job(title=evil)

    pages = [
        do(root, "switch_off", job),
        do(root, "switch_off", job, **{**SOON, "off_until": evil, "off_reason": evil}),
        do(root, "switch_off", job, **{**SOON, "off_reason": evil}),
    ]

    for page in pages:
        assert b"<script>alert" not in page.content


@pytest.mark.parametrize(
    ("rights", "linked"), [(["trigger_scheduledjob"], True), ([], False)]
)
def test_the_form_links_to_the_one_that_triggers(
    logged_in, make_job, change_url, rights, linked
):
    tom = logged_in("tom", "view_scheduledjob", *rights)

    page = tom.get(change_url(make_job())).content.decode()

    assert ('href="/cron/jobs/members/trigger"' in page) is linked


def test_a_retired_job_has_no_link_to_trigger_it(root, make_job, change_url, now):
    job = make_job(retired_at=now)

    assert b"/trigger" not in root.get(change_url(job)).content
