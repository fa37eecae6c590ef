"""Due jobs become queued runs: one each, whoever looks, however often."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError

from cronmgmt.clock import SettableClock
from cronmgmt.engine import rings, scheduling, unreadable
from cronmgmt.engine.looking import LOOKAHEAD, Look, look
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import JobRun, ScheduledJob, Status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("every_path")]

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def schedule(clock, alive_for=HOUR):
    return queue_due(clock.time, alive_since=clock.time - alive_for)


def test_without_live_jobs_there_is_nothing_to_look_at(make_job, now):
    make_job(enabled=False)

    assert look() == Look(now, None)
    assert not look().due()


def test_a_look_says_what_time_it_is_and_what_is_due_next(make_job, now):
    make_job("later", next_run_at=now + 2 * HOUR)
    make_job("sooner", next_run_at=now + HOUR)

    assert look() == Look(now, now + HOUR)


def test_an_idle_look_is_one_query(make_job, django_assert_num_queries):
    make_job()

    with django_assert_num_queries(1):
        look()


@pytest.mark.parametrize(
    ("ahead", "due"),
    [(LOOKAHEAD + SECOND, False), (LOOKAHEAD, True), (-HOUR, True)],
)
def test_what_is_due_within_the_lookahead_is_due(now, ahead, due):
    assert Look(now, now + ahead).due() == due


def test_a_due_job_becomes_a_queued_run(make_job, clock):
    job = make_job()
    clock.move(HOUR)

    assert schedule(clock) == 1

    run = job.runs.get()
    assert (run.status, run.origin) == (Status.QUEUED, "schedule")
    assert run.scheduled_for == run.intended_for == run.available_at == clock.time


def test_the_job_goes_on_to_its_next_occurrence(make_job, clock):
    job = make_job()
    clock.move(HOUR)

    schedule(clock)

    job.refresh_from_db()
    assert job.next_run_at == clock.time + HOUR
    assert not job.plan_is_stale()


@pytest.mark.parametrize("several", [0, 2, 20])
def test_jobs_that_part_go_on_each_to_its_own(make_job, clock, monkeypatch, several):
    monkeypatch.setattr(scheduling, "SEVERAL", several)
    once = make_job(
        name="once", schedule_kind="once", schedule_expression="2026-06-01T12:00Z"
    )
    jobs = [
        make_job(name=name, schedule_expression=f"{minute} * * * *")
        for name, minute in {"a": 0, "b": 0, "c": 7, "d": 30}.items()
    ]
    ScheduledJob.objects.update(next_run_at=clock.time)

    schedule(clock)

    for job in jobs:
        job.refresh_from_db()
        assert job.next_run_at == job.schedule.next_after(clock.time)
    once.refresh_from_db()
    assert once.next_run_at is None


def test_what_is_not_due_is_left_alone(make_job, clock):
    make_job()
    clock.move(HOUR - 2 * SECOND)

    assert schedule(clock) == 0
    assert not JobRun.objects.exists()


def test_a_run_is_made_a_second_ahead_and_available_at_its_instant(make_job, clock):
    job = make_job()
    clock.move(HOUR - SECOND)

    schedule(clock)

    run = job.runs.get()
    assert run.available_at == run.scheduled_for == clock.time + SECOND
    assert run.created_at == clock.time


@pytest.mark.part("4.1")
def test_looking_again_makes_nothing_twice(make_job, clock):
    job = make_job()
    clock.move(HOUR)

    for _ in range(3):
        schedule(clock)

    assert job.runs.count() == 1


def test_a_job_whose_schedule_ends_is_done(make_job, clock):
    job = make_job(schedule_kind="once", schedule_expression="2026-06-01 13:00")
    clock.move(HOUR)

    schedule(clock)

    job.refresh_from_db()
    assert (job.runs.count(), job.next_run_at) == (1, None)


def test_several_occurrences_that_came_due_meanwhile_all_run(make_job, clock):
    job = make_job(schedule_kind="interval", schedule_expression="10s", overlap="allow")
    clock.move(MINUTE)

    schedule(clock)

    times = job.runs.order_by("scheduled_for").values_list("scheduled_for", flat=True)
    assert list(times) == [clock.time - MINUTE + 10 * SECOND * n for n in range(1, 7)]


def test_one_look_makes_a_bounded_number_and_the_next_one_the_rest(
    make_job, clock, settings
):
    settings.CRONMGMT = {"MISFIRE_LIMIT": 4}
    job = make_job(schedule_kind="interval", schedule_expression="10s", overlap="allow")
    clock.move(MINUTE)

    schedule(clock)
    assert job.runs.count() == 4
    schedule(clock)

    assert job.runs.count() == 6


def test_one_look_decides_a_bounded_number_of_jobs(make_job, clock, monkeypatch):
    monkeypatch.setattr(scheduling, "BATCH", 2)
    for name in ("members", "positions", "intercom"):
        make_job(name)
    clock.move(HOUR)

    assert [schedule(clock), schedule(clock), schedule(clock)] == [2, 1, 0]
    assert JobRun.objects.count() == 3


def test_the_longest_overdue_come_first(make_job, clock, monkeypatch):
    monkeypatch.setattr(scheduling, "BATCH", 1)
    make_job("later", schedule_expression="30 12 * * *")
    make_job("sooner", schedule_expression="10 12 * * *")
    clock.move(HOUR)

    schedule(clock)

    assert JobRun.objects.get().job_name == "sooner"


def test_every_occurrence_has_its_own_share_of_the_jitter(make_job, clock):
    job = make_job(
        schedule_kind="interval",
        schedule_expression="10s",
        overlap="allow",
        jitter=5 * MINUTE,
    )
    clock.move(MINUTE)

    schedule(clock)

    shares = {run.available_at - run.scheduled_for for run in job.runs.all()}
    assert len(shares) == 6
    assert all(timedelta() <= share < 5 * MINUTE for share in shares)


def test_the_workers_are_rung_for_once_per_queue(
    make_job, clock, bell, django_capture_on_commit_callbacks
):
    for name in ("members", "positions"):
        make_job(name)
    make_job("report", queue="slow")
    clock.move(HOUR)

    with django_capture_on_commit_callbacks(execute=True):
        schedule(clock)
        assert bell.rings == []

    assert sorted(bell.rings) == [("default", 2), ("slow", 1)]


def test_a_run_that_jitter_puts_off_is_rung_for_when_it_is_about_due(
    make_job, clock, bell, django_capture_on_commit_callbacks
):
    asked = []
    rings.hand_on_later(lambda queue, delay: asked.append((queue, delay)))
    job = make_job(jitter=timedelta(hours=5))
    clock.move(HOUR)

    with django_capture_on_commit_callbacks(execute=True):
        schedule(clock)

    rings.hand_on_later(None)
    wait = job.runs.get().available_at - clock.time
    assert bell.rings == []
    assert asked == [("default", wait - LOOKAHEAD)]


@pytest.mark.django_db(transaction=True)
def test_nobody_is_rung_for_when_nothing_was_committed(
    make_job, clock, bell, monkeypatch
):
    make_job()
    clock.move(HOUR)

    def fail(plans):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(scheduling, "_advance", fail)
    with pytest.raises(RuntimeError):
        schedule(clock)

    assert bell.rings == []
    assert not JobRun.objects.exists()


def test_a_database_that_is_away_sets_no_job_aside(make_job, clock):
    make_job()
    clock.move(HOUR)

    class Away:
        def __iter__(self):
            raise OperationalError("server closed the connection")

    with pytest.raises(OperationalError):
        unreadable.readable(Away())

    assert ScheduledJob.objects.get().state == "on"


@pytest.mark.part("4.5")
def test_each_job_follows_the_clock_of_its_own_zone(make_job):
    make_job("amsterdam", schedule_expression="0 9 * * *", timezone="Europe/Amsterdam")
    make_job("tokyo", schedule_expression="0 9 * * *", timezone="Asia/Tokyo")
    clock = SettableClock(ScheduledJob.objects.get(name="tokyo").next_run_at)

    schedule(clock)

    run = JobRun.objects.get()
    assert (run.job_name, run.scheduled_for.isoformat()) == (
        "tokyo",
        "2026-06-02T00:00:00+00:00",
    )
