"""What becomes of each occurrence: it runs, or a row or a gap says why not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from cronmgmt.engine import actions
from cronmgmt.engine.actions import Actor
from cronmgmt.engine.looking import look
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import Gap, JobRun, Origin, ScheduledJob, Status

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

ALICE = Actor("alice", "dashboard")


def come_back(clock, after):
    """A scheduler starts to look again when none has looked for ``after``."""
    clock.move(after)
    return queue_due(clock.time, alive_since=clock.time)


# After a downtime.


def test_the_latest_missed_occurrence_is_caught_up(make_job, clock, now):
    job = make_job(schedule_expression="0 */6 * * *")  # Due at 18:00.

    come_back(clock, 7 * HOUR)

    run = job.runs.get()
    assert (run.origin, run.scheduled_for) == (Origin.CATCH_UP, now + 6 * HOUR)
    assert run.status == Status.QUEUED


def test_the_older_ones_are_missed_in_one_gap(make_job, clock, now):
    job = make_job()

    come_back(clock, 4 * HOUR + 30 * MINUTE)

    gap = Gap.objects.get()
    assert (gap.job, gap.kind, gap.count) == (job, Gap.Kind.MISSED, 3)
    assert (gap.first, gap.last) == (now + HOUR, now + 3 * HOUR)
    assert gap.reason == "Missed: no scheduler was running, and it is too late now."
    assert job.runs.get().scheduled_for == now + 4 * HOUR
    job.refresh_from_db()
    assert job.last_missed_at == now + 3 * HOUR


def test_the_older_ones_still_in_grace_are_superseded(make_job, clock, now):
    job = make_job(grace=DAY)

    come_back(clock, 4 * HOUR + 30 * MINUTE)

    gap = Gap.objects.get()
    assert (gap.kind, gap.count) == (Gap.Kind.SUPERSEDED, 3)
    assert "a later occurrence ran instead" in gap.reason
    job.refresh_from_db()
    assert job.last_missed_at is None
    assert job.runs.get().scheduled_for == now + 4 * HOUR


def test_a_single_occurrence_that_did_not_run_is_a_row(make_job, clock, now):
    job = make_job()

    come_back(clock, 2 * HOUR + 30 * MINUTE)

    missed, caught_up = job.runs.order_by("scheduled_for")
    assert (missed.status, missed.scheduled_for) == (Status.MISSED, now + HOUR)
    assert missed.reason == "Missed: no scheduler was running, and it is too late now."
    assert missed.finished_at == clock.time
    assert missed.active_key is None
    assert caught_up.status == Status.QUEUED
    job.refresh_from_db()
    assert job.last_missed_at == now + HOUR
    assert not Gap.objects.exists()


def test_a_job_that_catches_nothing_up_misses_all(make_job, clock):
    job = make_job(misfire="none")

    come_back(clock, 3 * HOUR + 30 * MINUTE)

    job.refresh_from_db()
    assert not job.runs.exists()
    assert Gap.objects.get().count == 3
    assert job.next_run_at == clock.time + 30 * MINUTE


def test_beyond_its_grace_not_even_the_latest_runs(make_job, clock):
    job = make_job(schedule_expression="0 */6 * * *", grace=10 * MINUTE)

    come_back(clock, 6 * HOUR + 11 * MINUTE)

    assert job.runs.get().status == Status.MISSED


def test_while_a_scheduler_looks_nothing_is_missed(make_job, clock):
    job = make_job(misfire="none", overlap="allow")
    alive_since = clock.time

    clock.move(3 * HOUR)
    queue_due(clock.time, alive_since)

    assert [run.origin for run in job.runs.all()] == [Origin.SCHEDULE] * 3


def test_only_what_came_due_before_the_scheduler_looked_was_missed(make_job, clock):
    job = make_job(misfire="none", overlap="allow")
    alive_since = clock.time + 2 * HOUR

    clock.move(3 * HOUR)
    queue_due(clock.time, alive_since)

    statuses = job.runs.order_by("scheduled_for").values_list("status", flat=True)
    assert list(statuses) == [Status.MISSED, Status.QUEUED, Status.QUEUED]


def test_a_year_of_downtime_is_one_gap(make_job, clock):
    make_job(schedule_expression="* * * * *", grace=2 * MINUTE)

    come_back(clock, 365 * DAY)

    gaps = Gap.objects.order_by("first")
    assert sum(gap.count for gap in gaps) + JobRun.objects.count() == 365 * 24 * 60


# Rows that were edited by hand.

BROKEN = [
    ({"schedule_expression": "61 * * * *"}, "InvalidSchedule"),
    ({"timezone": "Mars/Olympus"}, "InvalidSchedule"),
    ({"schedule_kind": "weekly"}, "InvalidSchedule"),
    ({"params": [1, 2]}, "InvalidParameters"),
    ({"params": "limit"}, "InvalidParameters"),
]


@pytest.mark.parametrize(("by_hand", "reason"), BROKEN)
def test_a_broken_job_is_set_aside_and_the_others_go_on(
    make_job, clock, by_hand, reason
):
    broken, healthy = make_job("broken"), make_job("healthy")
    ScheduledJob.objects.filter(pk=broken.pk).update(**by_hand)

    clock.move(HOUR)
    queue_due(clock.time, alive_since=clock.time)

    broken.refresh_from_db()
    assert broken.state == "set-aside"
    assert broken.set_aside_reason.startswith(reason)
    assert (broken.next_run_at, broken.runs.count()) == (None, 0)
    assert healthy.runs.count() == 1


def spoil(job):
    """Write by hand what the database takes and Python has no value for."""
    if connection.vendor == "mysql":
        pytest.skip("what fits the columns of MariaDB has a value in Python")
    column, value = "grace", "a day"
    if connection.vendor == "postgresql":
        column, value = "ends_at", "infinity"
    with connection.cursor() as cursor:
        update = f"UPDATE cronmgmt_scheduledjob SET {column} = %s WHERE id = %s"
        cursor.execute(update, [value, job.pk])


def test_a_row_that_cannot_even_be_read_is_set_aside(make_job, clock):
    broken, healthy = make_job("broken"), make_job("healthy")
    spoil(broken)

    clock.move(HOUR)
    queue_due(clock.time, alive_since=clock.time)

    row = ScheduledJob.objects.filter(pk=broken.pk)
    reason, due = row.values_list("set_aside_reason", "next_run_at").get()
    assert reason
    assert due is None
    assert healthy.runs.count() == 1


def test_a_job_set_aside_is_not_looked_at_again(make_job, clock):
    make_job()
    ScheduledJob.objects.update(timezone="Mars/Olympus")
    clock.move(HOUR)

    assert queue_due(clock.time, clock.time) == 1
    assert queue_due(clock.time, clock.time) == 0
    assert look().next_due is None


def test_switching_a_repaired_job_on_puts_it_back_into_service(make_job, clock):
    make_job()
    ScheduledJob.objects.update(timezone="Mars/Olympus")
    come_back(clock, HOUR)

    ScheduledJob.objects.update(timezone="UTC")
    job = actions.switch_on("job")

    assert (job.state, job.next_run_at) == ("on", clock.time + HOUR)


def test_a_schedule_edited_by_hand_is_planned_anew(make_job, clock):
    job = make_job()
    ScheduledJob.objects.update(schedule_expression="30 * * * *")

    come_back(clock, HOUR)

    job.refresh_from_db()
    assert not job.runs.exists()
    assert job.next_run_at == clock.time + 30 * MINUTE
    assert not job.plan_is_stale()


def test_a_job_switched_off_by_hand_does_not_run(make_job, clock):
    job = make_job()
    ScheduledJob.objects.update(enabled=False)

    come_back(clock, HOUR)

    job.refresh_from_db()
    assert not job.runs.exists()
    assert job.next_run_at is None


@pytest.mark.part("4.1")
def test_what_a_restored_backup_brings_back_does_not_run_again(make_job, clock, now):
    job = make_job(next_run_at=now - 30 * DAY)
    ScheduledJob.objects.update(forgotten_before=now - DAY)

    come_back(clock, 30 * MINUTE)

    job.refresh_from_db()
    assert not job.runs.exists()
    assert job.next_run_at == now + HOUR


# Off until a date.


def test_a_job_comes_on_again_by_itself(make_job, clock, now):
    job = make_job()
    actions.switch_off("job", until=now + 150 * MINUTE)

    come_back(clock, 3 * HOUR)

    job.refresh_from_db()
    assert job.runs.get().scheduled_for == now + 3 * HOUR
    assert (job.state, job.next_run_at) == ("on", now + 4 * HOUR)
    assert not job.plan_is_stale()
    assert (job.off_since, job.off_until, job.off_reason, job.off_by) == (
        None,
        None,
        "",
        "",
    )


def test_what_did_not_run_while_it_was_off_is_a_gap(make_job, clock, now):
    job = make_job()
    actions.switch_off("job", ALICE, until=now + 150 * MINUTE, reason="a new source")

    come_back(clock, 3 * HOUR)

    gap = Gap.objects.get()
    assert (gap.job, gap.kind, gap.count) == (job, Gap.Kind.OFF, 2)
    assert (gap.first, gap.last) == (now + HOUR, now + 2 * HOUR)
    assert gap.reason == "Switched off by alice: a new source."


def test_without_any_occurrence_meanwhile_there_is_no_gap(make_job, clock, now):
    make_job()
    actions.switch_off("job", until=now + 10 * MINUTE)

    come_back(clock, HOUR)

    assert not Gap.objects.exists()


def test_all_that_was_missed_runs_in_turn_if_runs_wait(make_job, clock, now):
    job = make_job(misfire="all", overlap="wait", grace=DAY)

    come_back(clock, 3 * HOUR + 30 * MINUTE)

    runs = job.runs.order_by("scheduled_for")
    assert [run.scheduled_for for run in runs] == [now + n * HOUR for n in (1, 2, 3)]
    assert {run.status for run in runs} == {Status.QUEUED}  # One starts at a time.
