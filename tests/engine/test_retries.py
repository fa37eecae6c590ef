"""A failed attempt is kept, and tried again later, as often as the job allows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.engine.finishing import (
    FIRST_BACKOFF,
    LONGEST_BACKOFF,
    backoff,
    finish,
    retry_delay,
)
from cronmgmt.engine.making import make_run as make_run_of
from cronmgmt.engine.outcomes import Outcome, raised
from cronmgmt.errors import NonRetryable, Retry, RunTimedOut
from cronmgmt.models import JobRun, Status

pytestmark = [pytest.mark.django_db, pytest.mark.part("4.7")]

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def wait_of(run, **outcome):
    return retry_delay(run, Outcome(**{"status": Status.FAILED, **outcome}))


def test_one_attempt_is_the_only_one(make_run):
    assert wait_of(make_run(status=Status.RUNNING)) is None


@pytest.mark.parametrize("status", [Status.FAILED, Status.TIMED_OUT])
def test_what_may_be_tried_again_is_until_the_attempts_are_used_up(make_run, status):
    run = make_run(status=Status.RUNNING, max_attempts=3)

    waits = []
    for run.attempt in (1, 2, 3):
        waits.append(wait_of(run, status=status) is not None)

    assert waits == [True, True, False]


@pytest.mark.parametrize("status", [Status.SUCCEEDED, Status.CANCELLED, Status.LOST])
def test_nothing_else_is_tried_again(make_run, status):
    run = make_run(status=Status.RUNNING, max_attempts=3)

    assert wait_of(run, status=status) is None


def test_an_error_that_no_retry_would_help_ends_the_run(make_run):
    run = make_run(status=Status.RUNNING, max_attempts=3)

    assert wait_of(run, may_retry=False) is None


def test_the_handler_may_say_how_long_to_wait(make_run):
    run = make_run(status=Status.RUNNING, max_attempts=3, backoff=SECOND)

    assert wait_of(run, retry_after=10 * MINUTE) == 10 * MINUTE
    assert wait_of(run, retry_after=-MINUTE) == timedelta()


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 4), (2, 8), (3, 16), (5, 64), (12, 3600), (99, 3600)]
)
def test_the_wait_doubles_up_to_an_hour(attempt, seconds):
    waits = [backoff(4 * SECOND, attempt).total_seconds() for _ in range(50)]

    assert all(seconds * 0.9 <= wait <= seconds * 1.1 for wait in waits)
    assert len(set(waits)) > 1  # Not all at the same moment.


@pytest.mark.parametrize("days", [0.5, 1, 30, 3650])
def test_a_longer_first_wait_is_never_shortened_nor_doubled(days):
    first = timedelta(days=days)

    for attempt in (1, 2, 31, 100):
        assert first * 0.9 <= backoff(first, attempt) <= first * 1.1


def test_without_a_backoff_of_its_own_a_job_waits_a_few_seconds(make_run):
    run = make_run(status=Status.RUNNING, max_attempts=2)

    assert FIRST_BACKOFF * 0.9 <= wait_of(run) <= FIRST_BACKOFF * 1.1
    assert FIRST_BACKOFF < LONGEST_BACKOFF


def test_the_run_is_queued_again_until_then(make_run, now):
    run = make_run(status=Status.RUNNING, max_attempts=2, active_key="k")

    finish(run, Outcome(Status.FAILED, "ValueError: no", retry_after=MINUTE))

    row = JobRun.objects.get()
    assert (row.status, row.available_at) == (Status.QUEUED, now + MINUTE)
    assert (row.attempt, row.reason) == (1, "ValueError: no")
    assert (row.claim_token, row.worker, row.lease_expires_at) == ("", "", None)
    assert row.active_key == "k"
    assert row.finished_at is None


@pytest.mark.part("4.12")
def test_the_attempt_is_kept_with_all_that_is_known_of_it(make_run, clock):
    run = make_run(status=Status.RUNNING, max_attempts=2)
    began = clock.time
    clock.move(MINUTE)

    finish(run, Outcome(Status.FAILED, "no", None, "ValueError", "no rows", "Trace"))

    kept = run.attempts.get()
    assert (kept.number, kept.outcome, kept.reason) == (1, "failed", "no")
    assert (kept.worker, kept.started_at) == ("somewhere:1:abc", began)
    assert kept.finished_at == clock.time
    assert (kept.error_class, kept.error_message) == ("ValueError", "no rows")
    assert kept.traceback == "Trace"


def test_attempts_that_will_be_followed_are_no_failures_of_the_job(make_job, make_run):
    job = make_job()

    finish(make_run(job, Status.RUNNING, max_attempts=2), Outcome(Status.FAILED))

    job.refresh_from_db()
    assert (job.runs_total, job.consecutive_failures) == (0, 0)


# The whole way.


def test_a_run_is_one_execution_over_all_its_attempts(perform, clock):
    seen = []

    def handler(run):
        seen.append((run.attempt, run.execution_id))
        if run.attempt < 3:
            raise Retry(after=timedelta())
        return "at last"

    run = perform(handler, max_attempts=3)

    assert seen == [(n, run.execution_id) for n in (1, 2, 3)]
    assert (run.status, run.result, run.attempt) == (Status.SUCCEEDED, "at last", 3)
    assert [kept.number for kept in run.attempts.all()] == [1, 2]


def test_a_permanent_error_ends_the_run_at_once(perform):
    def handler(run):
        raise NonRetryable("the account is closed")

    run = perform(handler, max_attempts=3)

    assert (run.status, run.attempt) == (Status.FAILED, 1)
    assert run.error_message == "the account is closed"


def test_the_last_attempts_error_is_the_runs(perform):
    def handler(run):
        raise Retry(f"attempt {run.attempt}", after=timedelta())

    run = perform(handler, max_attempts=2)

    assert (run.status, run.error_message) == (Status.FAILED, "attempt 2")


@pytest.mark.parametrize("wait", [5, "5s", 0.5])
def test_asking_for_a_wait_that_is_no_duration_is_the_handlers_error(perform, wait):
    def handler(run):
        raise Retry(after=wait)

    run = perform(handler, max_attempts=2, backoff=MINUTE)

    assert run.status == Status.QUEUED
    assert "timedelta" in run.attempts.get().error_message


def test_a_wait_for_ever_is_bounded(perform, now):
    def handler(run):
        raise Retry(after=timedelta.max)

    run = perform(handler, max_attempts=2)

    assert run.status == Status.QUEUED
    assert run.available_at > now + timedelta(days=365)


# Up to a ceiling of its own.


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 4), (2, 8), (3, 10), (99, 10)])
def test_the_wait_doubles_up_to_the_ceiling(attempt, seconds):
    waits = [
        backoff(4 * SECOND, attempt, 10 * SECOND).total_seconds() for _ in range(50)
    ]

    assert all(seconds * 0.9 <= wait <= seconds * 1.1 for wait in waits)
    assert len(set(waits)) > 1


def test_the_runs_own_ceiling_counts(make_run):
    run = make_run(
        status=Status.RUNNING,
        max_attempts=9,
        backoff=MINUTE,
        backoff_ceiling=2 * MINUTE,
    )
    run.attempt = 8

    assert 1.8 * MINUTE <= wait_of(run) <= 2.2 * MINUTE


# Only what the job names.


class Base(Exception):
    pass


class Derived(Base):
    pass


def fail(error):
    def handler(run):
        raise error

    return handler


@pytest.mark.parametrize(
    ("names", "error", "again"),
    [
        ([], Base(), True),
        (["Base"], Base(), True),
        (["Base"], Derived(), True),
        ([f"{__name__}.Base"], Derived(), True),
        (["Derived"], Base(), False),
        (["elsewhere.Base"], Base(), False),
        (["OSError", "Base"], Derived(), True),
        (["OSError"], ConnectionResetError(), True),
        (["OSError"], ValueError(), False),
        (["Exception"], ValueError(), True),
        (["NonRetryable"], NonRetryable("no"), False),
        (["OSError"], Retry(), True),
        (["OSError"], SystemExit(1), False),
    ],
)
def test_only_the_exceptions_named_are_tried_again(perform, names, error, again):
    run = perform(fail(error), max_attempts=2, backoff=MINUTE, retry_on=names)

    assert run.status == (Status.QUEUED if again else Status.FAILED)


@pytest.mark.parametrize(("names", "again"), [(["RunTimedOut"], True), (["X"], False)])
def test_a_time_out_is_named_like_any_other(make_run, names, again):
    run = make_run(status=Status.RUNNING, max_attempts=2, retry_on=names)

    assert (retry_delay(run, raised(RunTimedOut(), MINUTE)) is not None) is again


@pytest.mark.parametrize("by_hand", ["OSError", {"OSError": 1}, [None, 3], None])
def test_what_somebody_wrote_there_by_hand_breaks_nothing(make_run, by_hand):
    run = make_run(status=Status.RUNNING, max_attempts=2)
    run.retry_on = by_hand

    retry_delay(run, raised(OSError(), None))


def test_the_run_takes_the_jobs_rules_along(make_job, clock):
    rules = {
        "max_attempts": 4,
        "backoff": SECOND,
        "backoff_ceiling": MINUTE,
        "retry_on": ["OSError"],
    }
    run = make_run_of(make_job(**rules), "manual", clock.time)

    assert {name: getattr(run, name) for name in rules} == rules
