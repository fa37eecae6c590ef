"""A job that is due all the time and its backfill take turns; neither starves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.engine import actions
from cronmgmt.engine.claiming import claim, start
from cronmgmt.engine.finishing import finish
from cronmgmt.engine.outcomes import Outcome
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import JobRun, Origin, Priority, ScheduledJob, Status

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _nobody_is_rung_for(bell):
    pass


@pytest.fixture
def make_busy(make_job, now):
    """A job whose past is to be run too, so many occurrences of it."""

    def make(every=SECOND, past=3, **changes):
        job = make_job(
            schedule_kind="interval",
            schedule_expression=f"{every.total_seconds():g}s",
            next_run_at=now + every,
            **changes,
        )
        actions.backfill("job", now - past * every + SECOND, now)
        return job

    return make


def look(clock):
    queue_due(clock.time, alive_since=clock.time - MINUTE)


def ended(**only):
    return JobRun.objects.filter(status=Status.SUCCEEDED, **only).count()


def test_of_a_job_that_is_due_every_second_past_and_present_both_run(make_busy, clock):
    make_busy()

    for _ in range(12):
        look(clock)
        for run in started():
            finish(run, Outcome(Status.SUCCEEDED))
        clock.move(SECOND / 2)

    assert ended(origin=Origin.BACKFILL) == 3
    assert ended(origin=Origin.SCHEDULE) >= 4
    assert not JobRun.objects.filter(status=Status.SKIPPED).exists()


def test_where_there_is_no_time_between_they_take_turns(make_busy, clock):
    make_busy()
    order = []

    for _ in range(8):
        clock.move(SECOND)
        look(clock)
        # It takes until the next one is due.
        for run in started():
            finish(run, Outcome(Status.SUCCEEDED))
            order.append(str(run.origin))

    assert order[:6] == ["schedule", "backfill"] * 3
    assert set(order[6:]) == {"schedule"}


def started():
    """Claim what there is, once; return what could be started."""
    found = []
    while runs := claim("default").runs:
        found += [run for run in runs if start(run)]
    return found


def test_who_has_its_turn_has_the_priority_of_the_run_whose_place_it_has(
    make_busy, clock
):
    make_busy(priority=Priority.HIGH)
    clock.move(SECOND)
    look(clock)
    (present,) = started()
    finish(present, Outcome(Status.SUCCEEDED))
    clock.move(SECOND)
    look(clock)

    turn = JobRun.objects.get(status=Status.QUEUED)
    assert (turn.origin, turn.priority) == (Origin.BACKFILL, Priority.HIGH)
    skipped = JobRun.objects.get(status=Status.SKIPPED)
    assert skipped.reason == f"Skipped: run {turn.pk} was still queued."


def test_the_past_gives_way_to_what_is_about_to_be_due(make_busy, clock):
    make_busy(every=MINUTE)
    clock.move(MINUTE - SECOND)

    assert started() == []

    reason = JobRun.objects.filter(status=Status.WAITING)[0].reason
    assert reason == "Waits for its turn: job is about to be due."


def test_a_job_that_no_scheduler_looks_after_waits_for_nobody(make_busy, clock):
    make_busy(every=MINUTE)
    clock.move(3 * MINUTE)

    assert len(started()) == 1


def test_an_hourly_job_loses_no_occurrence_to_its_backfill(make_busy, clock):
    make_busy(every=HOUR)
    clock.move(HOUR)
    look(clock)
    (present,) = started()
    finish(present, Outcome(Status.SUCCEEDED))
    clock.move(HOUR)
    look(clock)

    assert JobRun.objects.get(status=Status.QUEUED).origin == Origin.SCHEDULE


@pytest.mark.parametrize(
    ("minutes", "at", "begins"),
    [
        (10, 49, True),
        (10, 51, False),  # It would last into the next occurrence.
        (25, 40, False),
        (35, 40, True),  # There is never room for it.
    ],
)
def test_a_long_run_of_the_past_begins_where_it_can_end(
    make_busy, clock, minutes, at, begins
):
    make_busy(every=HOUR, past=1)
    ScheduledJob.objects.update(last_success_duration=60 * minutes)
    clock.move(at * MINUTE)

    assert len(started()) == begins


def test_how_long_it_should_take_counts_more_than_how_long_it_took(make_busy, clock):
    make_busy(every=HOUR, past=1, expected_duration=20 * MINUTE)
    ScheduledJob.objects.update(last_success_duration=60)
    clock.move(45 * MINUTE)

    assert started() == []


def test_a_row_broken_by_hand_keeps_its_past_from_nothing(make_busy, clock):
    make_busy(every=HOUR, past=1)
    ScheduledJob.objects.update(schedule_expression="soon", last_success_duration=60)

    assert len(started()) == 1
