"""A run whose worker is gone starts again, or ends as lost: never twice at once."""

from __future__ import annotations

import tempfile
from datetime import timedelta

import pytest

from cronmgmt.engine import recovery, watchdog
from cronmgmt.engine.claiming import claim, start
from cronmgmt.engine.finishing import finish
from cronmgmt.engine.outcomes import Outcome
from cronmgmt.engine.recovery import recover_expired, recover_worker
from cronmgmt.models import JobRun, Status

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def expired(make_run, clock):
    """A running run whose lease is over."""

    def make(job=None, status=Status.RUNNING, **changes):
        lease = clock.time - SECOND
        return make_run(job, status, lease_expires_at=lease, **changes)

    return make


def test_a_run_whose_lease_lasts_is_left_alone(make_run):
    make_run(status=Status.RUNNING)
    make_run(status=Status.CLAIMED)

    assert recover_expired() == 0


def test_a_claimed_run_is_queued_as_if_nothing_had_happened(expired):
    expired(status=Status.CLAIMED)

    assert recover_expired() == 1

    row = JobRun.objects.get()
    assert (row.status, row.claim_token, row.worker) == (Status.QUEUED, "", "")
    assert (row.attempt, row.losses, row.reason) == (0, 0, "")
    assert not row.attempts.exists()


def test_a_running_run_is_queued_again_and_its_attempt_kept(expired):
    expired(active_key="k")

    recover_expired()

    row = JobRun.objects.get()
    assert (row.status, row.losses, row.active_key) == (Status.QUEUED, 1, "k")
    assert row.lease_expires_at is None
    kept = row.attempts.get()
    assert (kept.number, kept.outcome, kept.error_class) == (1, "lost", "WorkerLost")
    assert (
        row.reason
        == kept.reason
        == ("Lost: its worker somewhere:1:abc fell silent for longer than its lease.")
    )


def test_a_crash_uses_up_no_attempt(expired):
    expired(attempt=1, max_attempts=1)

    recover_expired()
    (run,) = claim("default").runs
    start(run)

    assert run.attempt == 1


def test_what_dies_again_and_again_is_lost_for_good(expired, settings, make_job):
    settings.CRONMGMT = {"MAX_LOSSES": 3}
    job = make_job()
    expired(job, losses=3)

    recover_expired()

    row = JobRun.objects.get()
    job.refresh_from_db()
    assert (row.status, row.error_class) == (Status.LOST, "WorkerLost")
    assert row.finished_at
    assert (job.last_status, job.consecutive_failures) == ("lost", 1)


def test_a_job_may_want_to_end_at_the_first_loss(expired):
    expired(on_lost="fail", active_key="k")

    recover_expired()

    row = JobRun.objects.get()
    assert (row.status, row.losses, row.active_key) == (Status.LOST, 0, None)


def test_how_long_it_ran_is_known_to_the_moment_of_its_loss(expired, clock):
    expired(on_lost="fail")
    clock.move(MINUTE)

    recover_expired()

    assert JobRun.objects.get().duration == 60


@pytest.mark.parametrize("on_lost", ["requeue", "fail"])
def test_what_somebody_cancelled_does_not_begin_again(expired, on_lost):
    expired(cancel_requested=True, reason="Cancelled by alice.", on_lost=on_lost)

    recover_expired()

    row = JobRun.objects.get()
    assert (row.status, row.reason) == (Status.CANCELLED, "Cancelled by alice.")


@pytest.mark.part("4.1")
def test_an_owner_that_wakes_up_late_records_nothing(expired):
    stale = expired()
    recover_expired()
    (fresh,) = claim("default").runs
    start(fresh)

    assert not finish(stale, Outcome(Status.FAILED)).recorded
    assert finish(fresh, Outcome(Status.SUCCEEDED)).recorded
    assert JobRun.objects.get().status == Status.SUCCEEDED


@pytest.mark.part("4.1")
def test_an_owner_that_extends_at_the_last_moment_keeps_its_run(expired, monkeypatch):
    run = expired()
    original = recovery._outcome

    def while_the_owner_finishes(lost, what):
        finish(run, Outcome(Status.SUCCEEDED))
        return original(lost, what)

    monkeypatch.setattr(recovery, "_outcome", while_the_owner_finishes)

    assert recover_expired() == 0
    assert JobRun.objects.get().status == Status.SUCCEEDED


def test_the_workers_are_rung_for(expired, bell, django_capture_on_commit_callbacks):
    expired(queue="slow")

    with django_capture_on_commit_callbacks(execute=True):
        recover_expired()

    assert bell.rings == [("slow", 1)]


def test_one_that_cannot_be_recovered_does_not_stop_the_others(
    expired, monkeypatch, caplog
):
    cursed, other = expired(job_name="cursed"), expired()
    original = recovery._outcome

    def outcome(run, what):
        if run.job_name == "cursed":
            raise RuntimeError
        return original(run, what)

    monkeypatch.setattr(recovery, "_outcome", outcome)

    assert recover_expired() == 1
    other.refresh_from_db()
    assert other.status == Status.QUEUED
    assert f"{cursed} could not be recovered" in caplog.text


def test_one_look_recovers_a_bounded_number(expired, monkeypatch):
    monkeypatch.setattr(recovery, "BATCH", 2)
    for _ in range(3):
        expired()

    assert [recover_expired(), recover_expired(), recover_expired()] == [2, 1, 0]


def test_the_expired_are_found_by_an_index(make_run, clock, plan_of, monkeypatch):
    looked = []
    monkeypatch.setattr(
        recovery, "_recover", lambda runs, what: looked.append(runs) or 0
    )

    recover_expired()
    recover_worker("somewhere:1:abc")

    for runs in looked:
        assert "cronmgmt_run_lease" in plan_of(runs.order_by("lease_expires_at")[:9])


# A worker of this machine that died is not waited for.


def test_all_that_a_dead_worker_held_is_recovered_at_once(make_run):
    make_run(status=Status.RUNNING, worker="here:7:aaa")
    make_run(status=Status.CLAIMED, worker="here:7:aaa")
    make_run(status=Status.RUNNING, worker="here:8:bbb")

    assert recover_worker("here:7:aaa") == 2
    assert JobRun.objects.filter(status=Status.QUEUED).count() == 2


def test_it_says_that_the_worker_died(make_run):
    make_run(status=Status.RUNNING, worker="here:7:aaa")

    recover_worker("here:7:aaa")

    assert JobRun.objects.get().reason == "Lost: its worker here:7:aaa died."


@pytest.fixture
def trace(monkeypatch, tmp_path, settings):
    """What the watchdog left behind when it ended a worker of this machine."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    settings.CRONMGMT = {"INSTANCE": "here"}

    def leave(worker, text):
        path = watchdog.trace_path(worker)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    return leave


def test_one_that_hung_beyond_its_time_out_has_timed_out(make_run, clock, trace):
    make_run(status=Status.RUNNING, worker="here:7:aaa", timeout=MINUTE)
    trace("here:7:aaa", "File sync.py, line 3 in fetch")
    clock.move(MINUTE)

    recover_worker("here:7:aaa")

    row = JobRun.objects.get()
    assert (row.status, row.error_class) == (Status.TIMED_OUT, "RunTimedOut")
    assert row.traceback == "File sync.py, line 3 in fetch"
    assert "could not be interrupted" in row.reason


def test_one_that_died_before_its_time_out_was_lost(make_run, clock, trace):
    make_run(status=Status.RUNNING, worker="here:7:aaa", timeout=MINUTE)
    trace("here:7:aaa", "File sync.py, line 3 in fetch")
    clock.move(MINUTE / 2)

    recover_worker("here:7:aaa")

    kept = JobRun.objects.get().attempts.get()
    assert (kept.outcome, kept.traceback) == ("lost", "File sync.py, line 3 in fetch")


def test_traces_of_other_machines_are_not_looked_for(make_run, clock, trace):
    trace("there:7:aaa", "of another machine that shares the folder")

    assert watchdog.read_trace("there:7:aaa") == ""
    assert watchdog.read_trace("here:7:never-left-any") == ""
