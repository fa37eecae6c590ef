"""A run that no worker started in time is not started any more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.engine import actions
from cronmgmt.engine.claiming import claim
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.engine.recovery import recover_expired
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import Gap, JobRun, Status

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def due(make_job, clock):
    """Let a job come due that must start within five minutes."""

    def due(**changes):
        job = make_job(start_deadline=5 * MINUTE, **changes)
        clock.time = job.next_run_at
        queue_due(clock.time, clock.time)
        return job.runs.get()

    return due


def test_the_run_knows_until_when_it_may_start(due, clock):
    run = due()

    assert run.start_by == run.scheduled_for + 5 * MINUTE


def test_its_share_of_the_jitter_is_not_held_against_it(due):
    run = due(jitter=HOUR)

    assert run.available_at > run.scheduled_for
    assert run.start_by == run.available_at + 5 * MINUTE


def test_up_to_its_deadline_it_starts(due, clock):
    run = due()
    clock.move(5 * MINUTE)

    assert claim("default").runs == [run]


def test_after_it_the_run_is_missed_with_a_sentence(due, clock):
    run = due()
    clock.move(5 * MINUTE + SECOND)

    assert claim("default") == ([], None)

    run.refresh_from_db()
    assert (run.status, run.finished_at) == (Status.MISSED, clock.time)
    assert run.reason == (
        "Missed: no worker was free to start it by its start deadline, "
        "2026-06-01 13:05:00 UTC."
    )
    assert (run.active_key, run.attempt, run.started_at) == (None, 0, None)
    run.job.refresh_from_db()
    assert run.job.last_missed_at == clock.time


def test_it_does_not_count_as_a_run_of_the_job(due, clock):
    run = due()
    clock.move(HOUR)
    claim("default")

    run.job.refresh_from_db()
    assert (run.job.runs_total, run.job.last_status) == (0, "")


def test_what_is_behind_the_late_ones_is_claimed(due, make_run, clock):
    due()
    clock.move(HOUR)
    late = [make_run(start_by=clock.time - SECOND, priority=0) for _ in range(12)]
    punctual = make_run(start_by=clock.time + SECOND, job_name="punctual", priority=30)

    claimed = claim("default", limit=2).runs

    assert claimed == [punctual]
    missed = JobRun.objects.filter(status=Status.MISSED)
    assert missed.filter(pk__in=[run.pk for run in late]).count() == 12


def test_one_that_was_started_in_time_may_be_tried_again_later(
    perform, due, clock, handle
):
    def handler(run):
        if run.attempt == 1:
            raise OSError("not yet")
        return "at last"

    handle(handler)
    run = due(handler="t:here", max_attempts=2, backoff=HOUR)
    work_a_slice("default")
    clock.move(3 * HOUR)
    work_a_slice("default")

    run.refresh_from_db()
    assert (run.status, run.result) == (Status.SUCCEEDED, "at last")


def test_one_whose_worker_died_starts_again_after_it(due, clock):
    run = due()
    claimed = claim("default").runs[0]
    JobRun.objects.filter(pk=claimed.pk).update(
        status=Status.RUNNING, started_at=clock.time, attempt=1
    )
    clock.move(HOUR)
    recover_expired()

    assert claim("default").runs == [run]


def test_whoever_triggers_a_job_waits_as_long_as_it_takes(make_job, clock):
    make_job(start_deadline=5 * MINUTE)
    run = actions.trigger("job")
    clock.move(24 * HOUR)

    assert claim("default").runs == [run]


def test_a_cancel_that_came_first_counts(due, clock):
    run = due()
    actions.cancel_run(run.execution_id)
    clock.move(HOUR)

    assert claim("default") == ([], None)
    run.refresh_from_db()
    assert run.status == Status.CANCELLED


# After a downtime.


def test_what_would_not_be_started_any_more_is_not_caught_up(make_job, clock, now):
    job = make_job(
        start_deadline=5 * MINUTE, misfire="all", overlap="allow", grace=24 * HOUR
    )
    clock.move(3 * HOUR + 2 * MINUTE)
    queue_due(clock.time, alive_since=clock.time)

    assert job.runs.get().scheduled_for == now + 3 * HOUR
    gap = Gap.objects.get()
    assert (gap.kind, gap.count) == (Gap.Kind.MISSED, 2)


@pytest.mark.parametrize("late", [4, 6])
def test_nor_is_the_latest(make_job, clock, now, late):
    job = make_job(start_deadline=5 * MINUTE)
    clock.move(HOUR + late * MINUTE)
    queue_due(clock.time, alive_since=clock.time)

    assert job.runs.get().status == (Status.QUEUED if late < 5 else Status.MISSED)
