"""The page of a run."""

from __future__ import annotations

import pytest

from cronmgmt.models import RunAttempt, RunLog, Status


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
