"""The page of a run."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.dashboard.run_page import progress
from cronmgmt.models import JobAccess, RunAttempt, RunLog, Status
from tests.dashboard.conftest import NASTY

MINUTE = timedelta(minutes=1)


@pytest.fixture
def failed(make_job, make_run, now):
    run = make_run(
        make_job(),
        status=Status.FAILED,
        reason="ValueError: secret",
        error_class="ValueError",
        error_message="secret",
        traceback="Traceback: secret",
        result={"rows": 3},
        attempt=2,
    )
    RunLog.objects.create(run=run, attempt=1, at=now, text="first line\n")
    RunAttempt.objects.create(
        run=run, number=1, outcome="failed", reason="OSError: secret", finished_at=now
    )
    return f"/cron/runs/{run.execution_id}"


def test_a_run_shows_log_result_error_and_traceback(alice, failed):
    page = alice.get(failed).content.decode()

    for part in ["first line", "&quot;rows&quot;: 3", "Traceback: secret", "OSError"]:
        assert part in page


def test_errors_are_hidden_from_those_who_may_only_look(bob, failed):
    page = bob.get(failed).content.decode()

    assert "first line" in page
    assert "secret" not in page
    assert "You may not read error messages" in page


def test_the_buttons_of_a_run_are_those_that_make_sense(alice, make_job, make_run):
    waiting = make_run(make_job("a"), status=Status.QUEUED)
    finished = make_run(make_job("b"))

    before = alice.get(f"/cron/runs/{waiting.execution_id}").content.decode()
    after = alice.get(f"/cron/runs/{finished.execution_id}").content.decode()

    assert "/cancel" in before and "/rerun" not in before
    assert "/rerun" in after and "/cancel" not in after


def test_only_a_run_under_way_is_looked_at_again(bob, make_job, make_run):
    job = make_job()
    running = make_run(job, status=Status.RUNNING)
    finished = make_run(job)

    assert b"data-live" in bob.get(f"/cron/runs/{running.execution_id}").content
    assert b"data-live" not in bob.get(f"/cron/runs/{finished.execution_id}").content


def test_a_run_outlives_its_job(alice, make_job, make_run):
    job = make_job()
    run = make_run(job)
    job.delete()

    page = alice.get(f"/cron/runs/{run.execution_id}").content.decode()

    assert "members" in page
    assert "/rerun" not in page


def test_of_a_long_log_the_end_is_shown_and_all_of_it_is_a_link_away(
    bob, make_job, make_run, now
):
    run = make_run(make_job())
    RunLog.objects.create(run=run, attempt=1, at=now, text="start" + "." * 100_000)

    page = bob.get(f"/cron/runs/{run.execution_id}").content
    whole = bob.get(f"/cron/runs/{run.execution_id}/log")

    assert b"start" not in page
    assert whole.content.startswith(b"start")
    assert whole["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("person", ["alice", "bob"])
def test_a_parked_run_says_what_it_waits_for(request, make_job, make_run, person):
    run = make_run(
        make_job(lock_key="nightly-db"),
        status=Status.WAITING,
        lock_key="nightly-db",
        attempt=1,
        reason="Waits for the lock nightly-db, held by run 812.",
    )

    page = request.getfixturevalue(person).get(f"/cron/runs/{run.execution_id}")

    text = page.content.decode()
    assert "Waits for the lock nightly-db, held by run 812." in text
    assert "state-waiting" in text


# Its life.


def test_the_life_of_a_run_is_a_list_and_a_drawing(bob, make_job, make_run, now):
    run = make_run(
        make_job(),
        attempt=2,
        worker="host:1:a",
        started_at=now + 2 * MINUTE,
        finished_at=now + 3 * MINUTE,
    )
    RunAttempt.objects.create(
        run=run, number=1, outcome="lost", started_at=now, finished_at=now + MINUTE
    )

    page = bob.get(f"/cron/runs/{run.execution_id}").content.decode()

    for part in ["Attempt 1: lost", "Attempt 2 started", "Succeeded", "host:1:a"]:
        assert part in page
    assert page.count('class="part part-') == 3
    assert "<title>Attempt 1: lost: 1 min</title>" in page


@pytest.mark.parametrize("person", ["alice", "bob"])
def test_tracebacks_are_for_who_may_read_them(request, failed, person):
    RunAttempt.objects.update(traceback="Traceback: hidden")

    page = request.getfixturevalue(person).get(failed).content.decode()

    assert ("Traceback: hidden" in page) == (person == "alice")


@pytest.mark.parametrize(
    ("fields", "percent", "rate", "left"),
    [
        ({"progress_done": 30, "progress_total": 90}, 33, 0.5, 2 * MINUTE),
        ({"progress_done": 30}, None, 0.5, None),
        ({"progress_done": 0, "progress_total": 90}, 0, None, None),
        ({"progress_done": 99, "progress_total": 90}, 100, 1.65, None),
        ({"progress_done": 5, "progress_total": 0}, None, 5 / 60, None),
    ],
)
def test_progress_has_a_rate_and_a_time_left(
    make_run, now, fields, percent, rate, left
):
    found = progress(make_run(None, Status.RUNNING, **fields), now + MINUTE)

    assert (found.percent, found.rate, found.left) == (
        percent,
        pytest.approx(rate) if rate else None,
        left,
    )


def test_a_run_that_tells_no_progress_has_no_bar(bob, make_job, make_run):
    run = make_run(make_job(), status=Status.RUNNING)

    page = bob.get(f"/cron/runs/{run.execution_id}").content.decode()

    assert "<progress" not in page


def test_secrets_among_the_parameters_are_masked(bob, make_job, make_run):
    params = {"token": "hunter2hunter2", "items": 3}
    run = make_run(make_job(), params=params)

    page = bob.get(f"/cron/runs/{run.execution_id}").content.decode()

    assert "hunter2" not in page
    assert "<dt>items</dt>" in page


def test_a_run_and_those_that_repeat_it_lead_to_one_another(bob, make_job, make_run):
    job = make_job()
    first = make_run(job, Status.FAILED)
    make_run(job)
    second = make_run(job, rerun_of=first.execution_id)

    one = bob.get(f"/cron/runs/{first.execution_id}").content.decode()
    two = bob.get(f"/cron/runs/{second.execution_id}").content.decode()

    assert f'href="/cron/runs/{second.execution_id}">run {second.pk}</a>' in one
    assert f'href="/cron/runs/{first.execution_id}">the earlier run</a>' in two


# Its log, as it grows.


def test_a_log_is_told_from_where_the_reader_is(bob, make_job, make_run, now):
    run = make_run(make_job(), status=Status.RUNNING)
    pieces = [
        RunLog.objects.create(run=run, attempt=1, at=now, text=f"{number}\n").pk
        for number in range(3)
    ]
    address = f"/cron/runs/{run.execution_id}/log?after="

    some = bob.get(f"{address}{pieces[0]}").json()
    none = bob.get(f"{address}{pieces[2]}").json()

    assert some == {"text": "1\n2\n", "last": pieces[2], "ended": False}
    assert none == {"text": "", "last": pieces[2], "ended": False}


def test_the_log_of_a_finished_run_ends(bob, make_job, make_run):
    run = make_run(make_job())

    told = bob.get(f"/cron/runs/{run.execution_id}/log?after=0").json()

    assert told["ended"] is True


def test_a_place_in_a_log_that_cannot_be_is_refused(bob, make_job, make_run):
    run = make_run(make_job())

    assert bob.get(f"/cron/runs/{run.execution_id}/log?after=x").status_code == 400


def test_who_looks_again_is_not_sent_the_log_again(bob, make_job, make_run, now):
    run = make_run(make_job(), status=Status.RUNNING)
    RunLog.objects.create(run=run, attempt=1, at=now, text="a line")

    page = bob.get(f"/cron/runs/{run.execution_id}")
    again = bob.get(f"/cron/runs/{run.execution_id}?live=1")

    assert b"a line" in page.content and b"data-log=" in page.content
    assert b"a line" not in again.content and b"data-kept" in again.content


# For whom.


def test_a_restricted_run_is_not_there(bob, make_job, make_run):
    job = make_job()
    JobAccess.objects.create(job=job, group="others")
    address = f"/cron/runs/{make_run(job).execution_id}"

    for path in ("", "/log", "/again"):
        assert bob.get(address + path).status_code in (403, 404)
    assert bob.get(address).status_code == 404


@pytest.mark.parametrize("status", [Status.FAILED, Status.RUNNING, Status.WAITING])
def test_text_stays_text(alice, make_job, make_run, now, status):
    run = make_run(
        make_job(title=NASTY),
        status,
        attempt=2,
        reason=NASTY,
        error_class="E",
        error_message=NASTY,
        traceback=NASTY,
        result={NASTY: NASTY},
        params={NASTY: NASTY},
        requested_by=NASTY,
        worker=f"{NASTY}:1:a",
        lock_key=NASTY,
    )
    RunLog.objects.create(run=run, attempt=1, at=now, text=NASTY)
    RunAttempt.objects.create(
        run=run,
        number=1,
        outcome="failed",
        reason=NASTY,
        traceback=NASTY,
        finished_at=now,
    )

    page = alice.get(f"/cron/runs/{run.execution_id}").content.decode()

    assert "<script>alert" not in page and "<img src=x" not in page


def test_a_run_costs_the_same_whatever_it_did(
    alice, make_job, make_run, now, django_assert_max_num_queries
):
    run = make_run(make_job(), Status.RUNNING)
    for number in range(1, 20):
        RunLog.objects.create(run=run, attempt=number, at=now, text="line")
        RunAttempt.objects.create(
            run=run, number=number, outcome="failed", finished_at=now
        )

    with django_assert_max_num_queries(12):
        alice.get(f"/cron/runs/{run.execution_id}")
