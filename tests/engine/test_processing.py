"""One tick: what it schedules, what it works off, and when it lets go."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import DataError, OperationalError

from cronmgmt.engine import processing, rings
from cronmgmt.engine.processing import TIME_IS_UP, Span, process
from cronmgmt.models import Gap, JobRun, Node, ScheduledJob, Status
from tests.conftest import MOMENT

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def tick(runs=10, seconds=50.0, **options):
    return process(runs, Span(time.monotonic(), seconds), **options)


def counts(tally):
    return tally.succeeded, tally.failed


@pytest.mark.part("1.1")
def test_what_waits_is_worked_off_and_counted(make_run):
    make_run(handler="t:fail")
    make_run()

    assert counts(tick()) == (1, 1)
    assert not JobRun.objects.filter(finished_at=None).exists()


@pytest.mark.part("1.1")
def test_no_more_than_so_many_are_begun(make_run):
    for _ in range(3):
        make_run()

    assert counts(tick(runs=2)) == (2, 0)
    assert JobRun.objects.filter(status=Status.QUEUED).count() == 1


@pytest.mark.part("1.1")
def test_the_most_urgent_comes_first_then_the_oldest_of_all_queues(make_run, handle):
    order = []

    def handler(run, name: str):
        order.append(name)

    handle(handler)

    def wait(name, priority, since, queue):
        fields = {"handler": "t:here", "params": {"name": name}, "queue": queue}
        run = make_run(priority=priority, **fields)
        run.available_at -= since
        run.save()

    wait("normal", 20, MINUTE, "a")
    wait("urgent", 0, SECOND, "b")
    wait("older", 20, HOUR, "c")
    tick()

    assert order == ["urgent", "older", "normal"]


def test_an_attempt_that_will_be_repeated_was_no_success(make_run):
    make_run(handler="t:fail", max_attempts=3)

    assert counts(tick()) == (0, 1)
    assert JobRun.objects.get().status == Status.QUEUED


@pytest.mark.part("1.1", "3.4")
def test_what_is_due_is_scheduled(make_job, now):
    make_job(next_run_at=now)

    assert counts(tick()) == (1, 0)
    assert JobRun.objects.get().scheduled_for == now


@pytest.mark.part("3.4")
def test_ticks_a_minute_apart_are_no_downtime(clock, make_job):
    policies = {"misfire": "none", "overlap": "allow"}
    job = make_job(schedule_kind="interval", schedule_expression="20s", **policies)
    tick()
    since = clock.time
    for _ in range(3):
        clock.move(MINUTE)
        tick()

    made = JobRun.objects.filter(job=job)
    assert made.count() == 9
    assert set(made.values_list("origin", flat=True)) == {"schedule"}
    assert not Gap.objects.exists()
    assert Node.objects.get().scheduling_since == since


def test_a_break_between_ticks_is_a_downtime(clock, make_job):
    make_job(schedule_kind="interval", schedule_expression="20s")
    tick()
    clock.move(HOUR)

    tick()

    assert JobRun.objects.filter(origin="catch-up").count() == 1
    reasons = " ".join(Gap.objects.values_list("reason", flat=True))
    assert "no scheduler was running from 2026-06-01 12:00" in reasons


def test_all_ticks_are_one_row_among_the_nodes(clock):
    tick()
    began = clock.time
    clock.move(MINUTE)
    tick()

    row = Node.objects.get()
    assert (row.name, row.is_tick) == ("tick", True)
    assert (row.started_at, row.seen_at) == (began, clock.time)


def test_what_a_dead_worker_held_is_recovered(make_run, clock):
    make_run(status=Status.RUNNING, lease_expires_at=clock.time - SECOND)

    assert counts(tick()) == (1, 0)
    assert JobRun.objects.get().losses == 1


def test_nothing_happens_on_a_site_that_is_off(make_run, settings):
    settings.CRONMGMT = {"ENABLED": False}
    make_run()

    assert counts(tick()) == (0, 0)
    assert JobRun.objects.get().status == Status.QUEUED
    assert not Node.objects.exists()


def test_it_tells_of_every_run(make_run):
    make_run(handler="t:fail")
    make_run()
    events = []

    tick(tell=events.append)

    assert events == ["begun", "begun", "succeeded"]


@pytest.mark.parametrize(("later", "left"), [(MINUTE, 1), (HOUR, 0)])
def test_the_first_tick_of_an_hour_deletes_what_is_old(
    clock, make_run, settings, later, left
):
    settings.CRONMGMT = {"KEEP_LAST": 0}
    tick()
    make_run(status=Status.SUCCEEDED, finished_at=clock.time - 1000 * 24 * HOUR)
    clock.move(later)

    tick()

    assert JobRun.objects.count() == left


@pytest.mark.parametrize("error", [ValueError("a broken job"), DataError("a row")])
def test_a_step_that_fails_does_not_keep_work_waiting(
    make_job, make_run, broken, error
):
    broken(processing.scheduling, "queue_due", error)
    broken(processing, "add_missing", error)
    make_job(next_run_at=MOMENT)
    make_run()

    assert counts(tick()) == (1, 0)


def test_a_tick_without_its_database_fails(broken):
    broken(processing, "foremost_queue", OperationalError("away"))

    with pytest.raises(OperationalError):
        tick()


def test_nothing_is_begun_near_the_end(make_run):
    make_run()

    assert counts(process(10, Span(time.monotonic() - 43, 50))) == (0, 0)
    assert JobRun.objects.get().status == Status.QUEUED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("nodes", "rung"), [(0, False), (1, True)])
def test_nobody_is_rung_for_where_no_node_hears(make_job, bell, now, nodes, rung):
    for each in range(nodes):
        Node.objects.create(name=f"n:{each}:x", pid=1, started_at=now, seen_at=now)
    make_job(next_run_at=now)

    tick(runs=0)

    assert bool(bell.rings) == rung
    assert rings._own is None


# What is not done when the time is up.


@pytest.fixture
def unfinished(make_run, handle, quick_beats):
    """A run that takes longer than a tick of one second, and how it stands after it."""

    def work(late=0.0, checkpoint=None, **changes):
        def handler(run):
            if checkpoint:
                run.checkpoint(checkpoint)
            time.sleep(30)

        handle(handler)
        run = make_run(handler="t:here", available_at=MOMENT - HOUR, **changes)
        tally = process(10, Span(time.monotonic() - late, 1.0))
        assert counts(tally) == (0, 1)
        run.refresh_from_db()
        return run

    return work


@pytest.mark.django_db(transaction=True)
def test_a_run_that_is_not_done_in_time_is_handed_back_behind_the_others(unfinished):
    run = unfinished()

    assert (run.status, run.attempt, run.losses) == (Status.QUEUED, 0, 1)
    assert (run.available_at, run.reason) == (MOMENT, TIME_IS_UP)
    assert run.attempts.get().outcome == "handed_back"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "how", [{"late": 0.55}, {"checkpoint": "page 3"}], ids=["late", "on its way"]
)
def test_one_that_began_late_or_is_on_its_way_has_lost_nothing(unfinished, how):
    run = unfinished(**how)

    assert (run.status, run.losses) == (Status.QUEUED, 0)


@pytest.mark.django_db(transaction=True)
def test_one_that_no_tick_has_the_time_for_ends_with_what_to_do(unfinished):
    run = unfinished(losses=3)

    assert run.status == Status.LOST
    assert run.reason.startswith("Lost: 4 ticks were over before it was done")
    assert "TICK_LENGTH" in run.error_message


def test_a_job_that_was_edited_by_sql_is_planned_anew(make_job, now):
    make_job()
    ScheduledJob.objects.update(schedule_expression="0 */6 * * *")

    tick()

    assert ScheduledJob.objects.get().next_run_at == now + 6 * HOUR
