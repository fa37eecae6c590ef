"""A worker goes on where it was in the queue, and soon looks from the start again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from cronmgmt.engine import claiming, places
from cronmgmt.engine.claiming import claim
from cronmgmt.engine.places import FOR, SHARE, Place, Places
from cronmgmt.models import JobRun, Status

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def time(monkeypatch):
    """The monotonic clock, standing still until it is moved."""

    class Time:
        shown = 1000.0

        def monotonic(self):
            return self.shown

    time = Time()
    monkeypatch.setattr(places, "time", time)
    monkeypatch.setattr(claiming, "time", time)
    return time


@pytest.fixture
def walk(time):
    """Claim one run after the other, as one worker does."""
    known = Places()
    return lambda limit=1: [
        run.job_name for run in claim("default", limit, places=known).runs
    ]


def test_it_goes_on_behind_what_it_claimed(make_run, walk, now):
    for number in range(4):
        make_run(job_name=str(number), available_at=now - (4 - number) * SECOND)

    assert [walk(), walk(2), walk()] == [["0"], ["1", "2"], ["3"]]


def test_of_one_instant_too(make_run, walk):
    for number in range(4):
        make_run(job_name=str(number))

    assert [walk(), walk(2), walk()] == [["0"], ["1", "2"], ["3"]]


def test_what_comes_before_its_place_waits_for_a_moment(make_run, walk, now, time):
    for _ in range(3):
        make_run(job_name="usual")
    walk()
    make_run(job_name="urgent", priority=0)
    make_run(job_name="older", available_at=now - SECOND)

    assert walk() == ["usual"]
    time.shown += FOR + 0.01
    assert [walk(), walk(), walk()] == [["urgent"], ["older"], ["usual"]]


def test_it_begins_at_the_start_before_it_says_that_there_is_nothing(make_run, walk):
    make_run(job_name="usual")
    walk()
    make_run(job_name="urgent", priority=0)

    assert walk() == ["urgent"]
    assert walk() == []


def test_the_less_urgent_follow_the_more_urgent(make_run, walk):
    make_run(job_name="low", priority=30)
    make_run(job_name="high", priority=10)

    assert [walk(), walk(), walk()] == [["high"], ["low"], []]


def test_each_queue_has_a_place_of_its_own(make_run, time):
    known = Places()
    make_run(queue="one")
    make_run(queue="two")

    assert claim("one", places=known).runs
    assert known.of("two") is None
    assert claim("two", places=known).runs


def test_what_others_took_is_passed_too(make_run, time):
    known = Places()
    first, second = make_run(), make_run()
    claim("default", places=known)
    JobRun.objects.filter(pk=second.pk).update(status=Status.CLAIMED)

    assert known.of("default") == Place(first.priority, first.available_at, first.pk)
    assert claim("default", places=known).runs == []


def test_a_look_from_the_start_that_takes_long_is_made_less_often(time):
    known = Places()
    known.started_over("default", 2.0)
    known.passed("default", JobRun(pk=1, priority=20))

    time.shown += SHARE * 2.0 - 0.01
    assert known.of("default")
    time.shown += 0.02
    assert known.of("default") is None


def test_it_is_read_from_the_index(make_run, plan_of):
    run = [make_run() for _ in range(20)][10]
    place = Place(run.priority, run.available_at, run.pk)

    plan = plan_of(
        claiming._candidates_behind(5), queue="default", **place._asdict()
    ).lower()

    assert "cronmgmt_run_queue" in plan
    assert "sort" not in plan
    if connection.vendor == "postgresql":
        (condition,) = [line for line in plan.splitlines() if "index cond" in line]
        assert "row(available_at, id) > row(" in condition
