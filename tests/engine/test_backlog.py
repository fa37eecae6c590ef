"""Which queues have work that waits, and since when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.engine.backlog import MOST_TIMES, deferred, oldest_wait, waiting_queues
from cronmgmt.models import Status

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def test_nothing_waits(clock):
    assert waiting_queues() == []
    assert oldest_wait("default") == timedelta()


def test_each_queue_with_available_work_is_named_once(make_run, now):
    for queue in ("slow", "default", "slow"):
        make_run(queue=queue)
    make_run(queue="tomorrow", available_at=now + SECOND)
    make_run(queue="done", status=Status.SUCCEEDED)
    make_run(queue="under-way", status=Status.RUNNING)

    assert waiting_queues() == ["default", "slow"]


def test_it_may_look_a_little_ahead(make_run, now):
    make_run(queue="soon", available_at=now + SECOND)

    assert waiting_queues(ahead=SECOND) == ["soon"]


def test_a_long_queue_costs_no_more_than_a_short_one(
    make_run, django_assert_num_queries
):
    for _ in range(20):
        make_run()

    with django_assert_num_queries(3):
        waiting_queues()


def test_the_wait_is_that_of_the_run_that_comes_next(make_run, now):
    make_run(available_at=now - 5 * SECOND)
    make_run(available_at=now - 3 * SECOND)
    make_run(queue="slow", available_at=now - 60 * SECOND)

    assert oldest_wait("default") == 5 * SECOND


def test_work_for_later_is_foreseen_by_queue_and_priority(make_run, now):
    make_run(available_at=now)
    make_run(available_at=now + 2 * SECOND)
    make_run(available_at=now + 3 * SECOND, priority=0)
    make_run(available_at=now + 4 * SECOND, queue="slow")
    make_run(available_at=now + 60 * SECOND, queue="slow")

    assert sorted(deferred(5 * SECOND)) == [
        ("default", 2 * SECOND),
        ("default", 3 * SECOND),
        ("slow", 4 * SECOND),
    ]


def test_of_much_work_for_later_the_first_is_enough(make_run, now):
    for number in range(MOST_TIMES + 5):
        make_run(available_at=now + SECOND + number * SECOND / 100)

    found = deferred(5 * SECOND)

    assert len(found) == MOST_TIMES
    assert found[0] == ("default", SECOND)
