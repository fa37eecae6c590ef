"""The outcome is recorded once, by the owner, in one transaction with all it moves."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.db import OperationalError

from cronmgmt.engine import finishing, rings
from cronmgmt.engine.finishing import finish
from cronmgmt.engine.outcomes import HANDED_BACK, STALE, Outcome
from cronmgmt.models import JobRun, RunLog, Status
from cronmgmt.signals import run_finished

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("every_path")]

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)

SUCCESS = Outcome(Status.SUCCEEDED, result={"rows": 3}, duration=1.5)
FAILURE = Outcome(
    Status.FAILED,
    reason="ValueError: no rows",
    error_class="ValueError",
    error_message="no rows",
    traceback="Traceback …",
    duration=2.5,
)


@pytest.fixture
def portable(settings):
    """Take the way that has several steps, of which one may fail."""
    settings.CRONMGMT = {"PORTABLE_SQL": True}


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Let what waits for the commit happen at the end of the block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_a_success_is_recorded_with_its_result(make_run, clock):
    run = make_run(status=Status.RUNNING)
    clock.move(2 * SECOND)

    assert finish(run, SUCCESS) == (True, False)

    row = JobRun.objects.get()
    assert (row.status, row.reason) == (Status.SUCCEEDED, "")
    assert (row.result, row.duration) == ({"rows": 3}, 1.5)
    assert row.finished_at == clock.time
    assert (row.claim_token, row.lease_expires_at, row.active_key) == ("", None, None)


def test_a_failure_is_recorded_with_its_error(make_run):
    run = make_run(status=Status.RUNNING)

    finish(run, FAILURE)

    row = JobRun.objects.get()
    assert (row.status, row.reason) == (Status.FAILED, "ValueError: no rows")
    assert (row.error_class, row.error_message) == ("ValueError", "no rows")
    assert row.traceback == "Traceback …"


def test_the_end_frees_the_jobs_key(make_run):
    run = make_run(status=Status.RUNNING, active_key="k")

    finish(run, SUCCESS)

    assert make_run(active_key="k")


def test_usage_progress_and_log_are_recorded_with_it(make_run):
    run = make_run(status=Status.RUNNING)
    usage = {"cpu_seconds": 0.5, "peak_memory": 1024, "items_processed": 7}

    finish(run, Outcome(Status.SUCCEEDED, log="done\n", usage=usage))

    row = JobRun.objects.get()
    assert (row.cpu_seconds, row.peak_memory, row.items_processed) == (0.5, 1024, 7)
    assert RunLog.objects.get().text == "done\n"


# Who is not the owner any more records nothing.


@pytest.mark.part("4.1")
@pytest.mark.parametrize(
    "meanwhile",
    [
        {"claim_token": "another"},
        {"claim_token": "", "status": Status.QUEUED},
        {"claim_token": "", "status": Status.LOST},
    ],
)
def test_an_owner_that_was_replaced_records_nothing(
    make_job, make_run, meanwhile, caplog
):
    job = make_job()
    run = make_run(job, Status.RUNNING)
    JobRun.objects.update(**meanwhile)

    assert not finish(run, Outcome(Status.SUCCEEDED, log="done\n")).recorded

    job.refresh_from_db()
    assert JobRun.objects.filter(**meanwhile).exists()
    assert (job.runs_total, RunLog.objects.count()) == (0, 0)
    assert "was not ours any more" in caplog.text


@pytest.mark.part("4.1")
def test_an_owner_that_knows_it_was_replaced_does_not_even_try(make_run):
    run = make_run(status=Status.RUNNING)

    assert not finish(run, Outcome(STALE)).recorded
    assert JobRun.objects.get().status == Status.RUNNING


@pytest.mark.part("4.1")
def test_a_run_ends_once(make_job, make_run):
    job = make_job()
    run = make_run(job, Status.RUNNING)

    finish(run, SUCCESS)
    finish(run, FAILURE)

    job.refresh_from_db()
    assert JobRun.objects.get().status == Status.SUCCEEDED
    assert job.runs_total == 1


# The next run starts in the same transaction.


def test_finishing_one_starts_the_next(make_run):
    run = make_run(status=Status.RUNNING)
    following = make_run(status=Status.CLAIMED)

    assert finish(run, SUCCESS, following) == (True, True)
    assert JobRun.objects.get(pk=following.pk).status == Status.RUNNING


def test_the_next_starts_even_if_the_last_was_not_ours_any_more(make_run):
    run = make_run(status=Status.RUNNING, claim_token="another")
    following = make_run(status=Status.CLAIMED)
    run.claim_token = "stale"

    assert finish(run, SUCCESS, following) == (False, True)


def test_the_next_does_not_start_when_somebody_cancelled_it(make_run):
    run = make_run(status=Status.RUNNING)
    following = make_run(status=Status.CLAIMED)
    JobRun.objects.filter(pk=following.pk).update(status=Status.CANCELLED)

    assert finish(run, SUCCESS, following) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_end_and_start_are_one_transaction(make_run, monkeypatch, portable):
    run = make_run(status=Status.RUNNING)
    following = make_run(status=Status.CLAIMED)

    def fail(run):
        raise RuntimeError("no more")

    monkeypatch.setattr(finishing.claiming, "start", fail)
    with pytest.raises(RuntimeError):
        finish(run, SUCCESS, following)

    assert JobRun.objects.get(pk=run.pk).status == Status.RUNNING


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_repeats_it_whole_and_counts_once(
    make_job, make_run, monkeypatch, portable
):
    job = make_job()
    run = make_run(job, Status.RUNNING)
    following = make_run(job, Status.CLAIMED)
    original = finishing.update_totals
    deadlocks = [OperationalError("database table is locked")]

    def update_totals(run, outcome):
        original(run, outcome)
        if deadlocks:
            raise deadlocks.pop()

    monkeypatch.setattr(finishing, "update_totals", update_totals)

    assert finish(run, SUCCESS, following) == (True, True)
    job.refresh_from_db()
    assert JobRun.objects.get(pk=run.pk).status == Status.SUCCEEDED
    assert JobRun.objects.get(pk=following.pk).attempt == following.attempt == 1
    assert job.runs_total == 1


# Who hears of it, and when.


def test_the_sites_code_hears_of_it_after_the_commit(make_run, committed):
    heard = []

    def receiver(run, **kwargs):
        heard.append((run.pk, run.status))

    run_finished.connect(receiver)
    run = make_run(status=Status.RUNNING)

    with committed():
        finish(run, SUCCESS)
        assert heard == []

    run_finished.disconnect(receiver)
    assert heard == [(run.pk, Status.SUCCEEDED)]


def test_a_receiver_that_raises_harms_nothing(make_run, committed, caplog):
    def receiver(run, **kwargs):
        raise RuntimeError("a broken receiver")

    run_finished.connect(receiver)
    with committed():
        finish(make_run(status=Status.RUNNING), SUCCESS)

    run_finished.disconnect(receiver)
    assert JobRun.objects.get().status == Status.SUCCEEDED
    assert "a broken receiver" in caplog.text


def test_an_attempt_that_is_not_the_last_is_no_end(make_run, committed, caplog):
    heard = []
    run_finished.connect(heard.append)
    with caplog.at_level(logging.INFO), committed():
        finish(make_run(status=Status.RUNNING, max_attempts=2), FAILURE)

    run_finished.disconnect(heard.append)
    assert heard == []
    assert "Cron job will be tried again: job" in caplog.text


# Handing back.


def test_a_run_handed_back_is_queued_as_if_never_tried(make_run):
    run = make_run(status=Status.RUNNING, attempt=2)

    finish(run, Outcome(HANDED_BACK, "The node is shutting down."))

    row = JobRun.objects.get()
    assert (row.status, row.attempt, row.worker) == (Status.QUEUED, 1, "")
    assert row.attempts.get().outcome == HANDED_BACK


@pytest.mark.parametrize("outcome", [Outcome(HANDED_BACK), FAILURE])
def test_a_run_that_somebody_cancelled_is_not_queued_again(make_run, outcome):
    run = make_run(status=Status.RUNNING, max_attempts=5, active_key="k")
    JobRun.objects.update(cancel_requested=True, reason="Cancelled by alice.")

    finish(run, outcome)

    row = JobRun.objects.get()
    assert (row.status, row.reason) == (Status.CANCELLED, "Cancelled by alice.")
    assert row.active_key is None


def test_a_run_that_succeeded_before_the_cancel_came_through_has_succeeded(make_run):
    run = make_run(status=Status.RUNNING)
    JobRun.objects.update(cancel_requested=True, reason="Cancelled by alice.")

    finish(run, SUCCESS)

    assert JobRun.objects.get().status == Status.SUCCEEDED


@pytest.fixture
def asked():
    """The rings that the node was asked for."""
    asked = []
    rings.hand_on_later(lambda queue, delay: asked.append((queue, delay)))
    yield asked
    rings.hand_on_later(None)


def test_the_node_is_asked_to_ring_when_the_retry_is_due(make_run, committed, asked):
    run = make_run(status=Status.RUNNING, max_attempts=2)

    with committed():
        finish(run, Outcome(Status.FAILED, retry_after=MINUTE))

    assert asked == [("default", MINUTE)]
