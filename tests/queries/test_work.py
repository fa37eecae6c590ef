"""How the queue is doing, and whether work goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from cronmgmt import queries
from cronmgmt.actors import Actor
from cronmgmt.engine.hours import count_hour
from cronmgmt.models import HourCount, JobAccess, JobRun, Node, Status

pytestmark = [pytest.mark.django_db, pytest.mark.part("1.4")]

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def seen(now):
    """Let a node, or the ticks, have reported so long ago."""

    def report(ago=SECOND, name="n:1:a", **changes):
        fields = {"pid": 1, "started_at": now, "seen_at": now - ago, **changes}
        return Node.objects.create(name=name, **fields)

    return report


def test_what_waits_runs_and_ended_within_a_day_is_counted(make_run, now):
    for status in Status.values:
        parked = {"waits_for": "k" * 64} if status == Status.WAITING else {}
        make_run(status=status, **parked)
        if status not in ("queued", "waiting", "claimed", "running"):
            make_run(status=status, finished_at=now - DAY)
    make_run(available_at=now + DAY)

    found = queries.work()

    assert (found.pending, found.running) == (3, 2)
    assert (found.completed, found.failed) == (1, 3)


def test_hours_that_were_counted_are_not_counted_again(clock, make_run, now):
    clock.move(now.replace(minute=30, second=0, microsecond=0) - now)
    begin = clock.time - 30 * MINUTE
    for ago in (5 * MINUTE, 2 * HOUR, 23 * HOUR, DAY - MINUTE, DAY + MINUTE):
        make_run(status=Status.SUCCEEDED, finished_at=clock.time - ago)
        make_run(status=Status.FAILED, finished_at=clock.time - ago)
    for back in range(1, 24):
        count_hour(begin - back * HOUR)
    before = queries.work()

    HourCount.objects.filter(begin=begin - 2 * HOUR).update(succeeded=100)

    assert (before.completed, before.failed) == (4, 4)
    assert queries.work().completed == 103


def test_an_hour_that_nobody_counted_is_counted_now(clock, make_run, now):
    clock.move(now.replace(minute=30, second=0, microsecond=0) - now)
    begin = clock.time - 30 * MINUTE
    for back in (1, 2, 4, 5):
        count_hour(begin - back * HOUR)
    for back in range(6):
        make_run(status=Status.SUCCEEDED, finished_at=begin - back * HOUR)
    HourCount.objects.update(succeeded=1)

    assert queries.work().completed == 6


@pytest.mark.part("0.5")
def test_for_a_person_only_what_they_may_see_is_counted(
    make_job, make_run, make_user, now
):
    hidden = make_job("hidden")
    JobAccess.objects.create(job=hidden, group="others", may=1)
    for status in Status.values:
        parked = {"waits_for": "k" * 64} if status == Status.WAITING else {}
        make_run(hidden, status, **parked)
    HourCount.objects.create(begin=now - HOUR, succeeded=9, failed=9)
    bob = Actor("bob", "api", make_user("bob", "view_scheduledjob", "view_jobrun"))

    found = queries.work(bob)

    counts = (found.pending, found.running, found.completed, found.failed)
    assert counts == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("ago", "healthy"), [(3 * MINUTE, True), (3 * MINUTE + SECOND, False)]
)
@pytest.mark.parametrize("name", ["tick", "host:1:a"])
def test_somebody_must_have_reported_within_three_minutes(seen, name, ago, healthy):
    seen(ago, name)

    assert queries.work().healthy == healthy


def test_a_node_that_stopped_does_not_count(seen, now):
    seen(stopped_at=now)

    assert not queries.work().healthy


@pytest.mark.parametrize(
    ("waits", "healthy"), [(5 * MINUTE, True), (5 * MINUTE + SECOND, False)]
)
def test_work_that_could_begin_must_not_wait_for_over_five_minutes(
    seen, make_run, now, waits, healthy
):
    seen()
    make_run(available_at=now - waits, created_at=now - DAY)

    assert queries.work().healthy == healthy


@pytest.mark.parametrize(
    "run",
    [
        {"available_at": "later"},
        {"status": Status.WAITING, "waits_for": "k" * 64},
        {"status": Status.RUNNING},
        {"status": Status.SUCCEEDED},
    ],
    ids=lambda run: run.get("status", "for later"),
)
def test_what_waits_for_its_time_or_lock_or_is_done_is_no_trouble(
    seen, make_run, now, run
):
    seen()
    at = now + DAY if run.get("available_at") else now - DAY
    make_run(**{**run, "available_at": at})

    assert queries.work().healthy


def test_it_asks_a_handful_of_questions(django_assert_max_num_queries, seen):
    seen()

    with django_assert_max_num_queries(7):
        queries.work()


def test_history_is_not_read(now):
    lately = JobRun.objects.filter(finished_at__gt=now - DAY)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")

    assert "cronmgmt_run_finished" in lately.order_by().values("status").explain()
