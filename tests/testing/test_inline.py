"""What is queued or due is run in line, at the time that a test sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cronmgmt import clock as clocks
from cronmgmt import enqueue, handler, trigger_job
from cronmgmt.clock import DatabaseClock
from cronmgmt.engine import rings
from cronmgmt.errors import Retry
from cronmgmt.models import Gap, JobRun, Status
from cronmgmt.testing import quiet, run_due, run_queued, run_until

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 3, 2, 7, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_job_is_run_at_its_time_and_at_no_other(declare):
    ran = []
    declare("members", ran, cron="15 7 * * *")

    assert run_due(MORNING - MINUTE) == []
    (run,) = run_due(MORNING)

    assert ran == [("members", "07:15:00")]
    assert (run.status, run.scheduled_for) == (Status.SUCCEEDED, MORNING)


def test_what_was_due_before_is_left_out_and_no_gap_is_made_of_it(declare):
    ran = []
    declare("hourly", ran, cron="0 * * * *")

    run_due(MORNING.replace(minute=0))
    run_due(MORNING.replace(hour=19, minute=0))

    assert ran == [("hourly", "07:00:00"), ("hourly", "19:00:00")]
    assert not Gap.objects.exists()


def test_a_moment_that_was_run_is_not_run_again(declare):
    ran = []
    declare("members", ran, cron="15 7 * * *")

    assert [len(run_due(MORNING)) for _ in range(2)] == [1, 0]


def test_the_time_of_the_test_goes_on_afterwards(clock, declare):
    run_due(MORNING)
    assert clock.time == MORNING


def test_without_a_clock_of_the_test_it_is_the_time_for_that_call_only():
    run_due(MORNING)

    assert isinstance(clocks.current(), DatabaseClock)


def test_the_time_passes_and_everything_runs_in_its_order(clock, declare):
    ran = []
    clock.time = MORNING
    declare("five", ran, every="5m")
    declare("seven", ran, cron="22,29 7 * * *")

    runs = run_until(MORNING + timedelta(minutes=15))

    assert [name for name, _ in ran] == [
        "five",
        "five",
        "seven",
        "five",
        "seven",
        "five",
    ]
    assert [run.job_name for run in runs] == [name for name, _ in ran]
    assert clock.time == MORNING + timedelta(minutes=15)


def test_retries_come_after_their_backoff(clock):
    @handler("t:stubborn", max_attempts=3, backoff=MINUTE)
    def stubborn(run):
        """Fail twice."""
        if run.attempt < 3:
            raise Retry("not yet")

    enqueue("t:stubborn")
    (run,) = run_queued()
    assert (run.status, run.attempt) == (Status.QUEUED, 1)

    (run,) = run_until(clock.time + timedelta(minutes=10))
    assert (run.status, run.attempt) == (Status.SUCCEEDED, 3)


def test_work_that_queues_work_is_followed_to_its_end():
    @handler("t:chain")
    def chain(run, left: int):
        """Queue the next."""
        if left:
            enqueue("t:chain", {"left": left - 1}, queue=f"q{left}")

    enqueue("t:chain", {"left": 3})

    assert [run.params["left"] for run in run_queued()] == [3, 2, 1, 0]


def test_a_trigger_is_run_and_what_is_for_later_is_not(clock, make_job):
    make_job("members", handler="t:limited")
    trigger_job("members", {"limit": 3})
    enqueue("t:nothing", delay=0.5)

    (run,) = run_queued()

    assert run.result == {"limit": 3}
    assert JobRun.objects.filter(status=Status.QUEUED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_is_rung_for_in_the_quiet(bell):
    with quiet():
        enqueue("t:nothing")
    assert bell.rings == []
    assert rings.own() is None

    enqueue("t:nothing")
    assert bell.rings == [("default", 1)]
