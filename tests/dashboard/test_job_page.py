"""The page of a job: its history."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from cronmgmt.engine import actions
from cronmgmt.models import Activity, Gap, Status
from tests.dashboard.conftest import LOOK, NASTY


def listed(response):
    """Return the part of the page that lists runs and gaps."""
    return response.content.decode().partition('id="occurrences"')[2]


@pytest.mark.part("0.2")
def test_a_job_shows_its_runs_latest_first(bob, make_job, make_run, now):
    job = make_job()
    first = make_run(job, scheduled_for=now, duration=2)
    second = make_run(job, status=Status.SKIPPED, reason="Skipped: run 1 was running.")

    page = listed(bob.get("/cron/jobs/members"))

    assert page.index(str(second.execution_id)) < page.index(str(first.execution_id))
    assert "Skipped: run 1 was running." in page
    assert "2 s" in page


def test_history_goes_back_page_by_page(bob, make_job, make_run):
    job = make_job()
    runs = [make_run(job) for _ in range(26)]

    first = listed(bob.get("/cron/jobs/members"))
    older = re.search(r'href="(/cron/jobs/members\?before=\d+)#', first)[1]
    second = listed(bob.get(older))

    assert str(runs[25].execution_id) in first
    assert str(runs[0].execution_id) not in first
    assert str(runs[0].execution_id) in second
    assert str(runs[1].execution_id) not in second
    assert "Older runs" not in second


@pytest.mark.parametrize("before", ["", "x", "-1", "²", "9" * 30])
def test_a_page_that_cannot_be_is_refused(bob, make_job, before):
    make_job()

    assert bob.get("/cron/jobs/members", {"before": before}).status_code == 400


def test_history_does_not_count(bob, make_job, make_run, django_assert_max_num_queries):
    job = make_job()
    for _ in range(60):
        make_run(job)

    with django_assert_max_num_queries(12) as asked:
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

    assert "<strong>2 times</strong>" in page
    assert "Missed: no scheduler was running." in page


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


# How it does.


@pytest.mark.part("4.11")
def test_durations_are_drawn_with_a_table_behind_them(bob, make_job, make_run, now):
    job = make_job(expected_duration=timedelta(seconds=40))
    for seconds in (10, 20, 30):
        make_run(job, duration=seconds, started_at=now)
    make_run(job, Status.FAILED, duration=500, started_at=now)

    page = bob.get("/cron/jobs/members").content.decode()

    assert page.count('<g class="bar bar-succeeded">') == 3
    assert "half take at most 20 s" in page
    assert "95 of 100 take at most 30 s" in page
    assert "expected 40 s" in page
    assert "<title>failed: 8 min 20 s</title>" in page
    assert "<td>failed</td>" in page


@pytest.mark.part("4.11")
def test_the_failure_rate_is_held_against_its_aim(bob, make_job, make_run):
    job = make_job()
    for status in (Status.SUCCEEDED, Status.SUCCEEDED, Status.SUCCEEDED, Status.LOST):
        make_run(job, status)

    page = bob.get("/cron/jobs/members").content.decode()

    assert "25.0 %" in page
    assert "1 of 4 runs; aim: at most 1.0 %" in page
    assert "above its aim" in page


@pytest.mark.part("4.11")
def test_start_delays_are_told(bob, make_job, make_run, now):
    make_run(make_job(), attempt=1, started_at=now + timedelta(seconds=7))

    assert "95 of 100 within 7 s" in bob.get("/cron/jobs/members").content.decode()


def test_the_next_ten_runs_are_told_in_both_zones(bob, make_job, now):
    make_job(schedule_expression="30 2 * * *", timezone="America/New_York")

    response = bob.get("/cron/jobs/members")

    page = response.content.decode()
    assert len(response.context["preview"].moments) == 10
    assert "2026-06-02 08:30:00" in page  # In Amsterdam.
    assert "Tue 02:30 America/New_York" in page
    assert "14 March 2027: 02:30 does not exist; runs 03:00" in page


def test_the_rules_are_told_in_words(bob, make_job):
    make_job(overlap="wait", timeout=timedelta(minutes=5))

    page = bob.get("/cron/jobs/members").content.decode()

    assert "the next one waits until it has ended." in page
    assert "It is ended after 5 min." in page


def test_what_blocks_it_is_a_link_away(bob, make_job, make_run):
    run = make_run(make_job(), Status.RUNNING, active_key="k")

    page = bob.get("/cron/jobs/members").content.decode()

    assert (
        f'<a href="/cron/runs/{run.execution_id}">Run {run.pk}</a> is running' in page
    )


def test_a_runbook_is_text_whose_links_are_safe(bob, make_job):
    make_job(
        description="See https://wiki.example.org/x\njavascript:alert(1) <b>now</b>"
    )

    page = bob.get("/cron/jobs/members").content.decode()

    assert '<a href="https://wiki.example.org/x" rel="nofollow">' in page
    assert 'href="javascript' not in page
    assert "&lt;b&gt;now" in page


def test_secrets_among_the_parameters_are_masked(bob, make_job):
    make_job(params={"password": "hunter2", "items": [1]})

    page = bob.get("/cron/jobs/members").content.decode()

    assert "hunter2" not in page
    assert "<dt>items</dt>" in page


def test_who_changed_what_is_told_to_who_may_know(logged_in, bob, make_job, now):
    job = make_job()
    Activity.objects.create(
        at=now,
        actor="anna",
        source="admin",
        action="edit",
        allowed=True,
        job_name=job.name,
        job_key=job.pk,
        reason="earlier, please",
        before={"schedule_expression": "15 7 * * *", "password": "hunter2"},
        after={"schedule_expression": "0 6 * * *", "password": "hunter3"},
    )
    auditor = logged_in("auditor", *LOOK, "view_activity")

    page = auditor.get("/cron/jobs/members").content.decode()

    assert "schedule expression: 15 7 * * * → 0 6 * * *" in page
    assert "earlier, please" in page and "hunter" not in page
    assert 'href="/cron/activity?job=members&amp;action=edit"' in page
    assert "earlier, please" not in bob.get("/cron/jobs/members").content.decode()


def test_on_the_pages_before_only_the_list_is_told(bob, make_job, make_run):
    runs = [make_run(make_job()) for _ in range(1)]

    page = bob.get(f"/cron/jobs/members?before={runs[0].pk}").content.decode()

    assert "Next runs" not in page and "Latest runs" in page


def test_text_stays_text_on_the_page_of_a_job(alice, make_job, make_run, now):
    job = make_job(
        title=NASTY,
        description=NASTY,
        purpose=NASTY,
        owner=NASTY,
        tags=[NASTY],
        params={NASTY: NASTY},
    )
    make_run(job, Status.FAILED, reason=NASTY, requested_by=NASTY, duration=1)
    make_run(job, Status.SKIPPED, reason=NASTY, scheduled_for=now)
    Gap.objects.create(
        job=job, kind="off", first=now, last=now, count=1, reason=NASTY, created_at=now
    )
    actions.switch_off("members", reason=NASTY)

    page = alice.get("/cron/jobs/members?at=2026-06-01T14:00").content.decode()

    assert "<script>alert" not in page and "<img src=x" not in page


def test_the_next_runs_have_their_share_of_the_jitter(bob, make_job):
    job = make_job(jitter=timedelta(minutes=30))

    page = bob.get("/cron/jobs/members").content.decode()

    start = localtime(job.start_of(job.next_run_at))
    assert f"{start:%Y-%m-%d %H:%M:%S}" in page
    assert "due at 09:15:00" in page  # Amsterdam
    assert "from when it is due" in page


@pytest.mark.parametrize(
    ("status", "changes", "said"),
    [
        ("running", {"ago": 60}, "It should end:"),
        ("running", {"ago": 600}, "It should have ended:"),
        ("queued", {"available": 60}, "It was due and starts:"),
        ("queued", {}, ""),
    ],
)
def test_what_is_under_way_comes_before_the_next_runs(
    bob, make_job, make_run, now, status, changes, said
):
    minute = timedelta(minutes=1)
    job = make_job(jitter=minute, expected_duration=5 * minute)
    times = {"scheduled_for": now}
    if "ago" in changes:
        times["started_at"] = now - timedelta(seconds=changes["ago"])
    if "available" in changes:
        times["available_at"] = now + timedelta(seconds=changes["available"])
    make_run(job, status, **times)

    page = bob.get("/cron/jobs/members").content.decode()

    kinds = ("It should end:", "It should have ended:", "It was due and starts:")
    assert [each for each in kinds if each in page] == [said] * bool(said)
