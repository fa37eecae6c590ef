"""Somebody triggers far more often than they usually do: their record says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.actors import CODE, COMMAND, Actor
from cronmgmt.engine.unusual import MOST, REMEMBERED, busiest, is_unusual
from cronmgmt.models import Activity

pytestmark = [pytest.mark.django_db, pytest.mark.part("0.10")]

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ALICE = Actor("alice", "dashboard", object())


@pytest.fixture
def attempts(now):
    """So many attempts, the last of them so long ago, ``apart`` from each other."""

    def make(number, ago=timedelta(), apart=timedelta(seconds=1), **fields):
        usual = {
            "actor": "alice",
            "source": "dashboard",
            "action": "trigger",
            "allowed": True,
        }
        times = [now - ago - apart * index for index in range(number)]
        rows = [Activity(at=at, **{**usual, **fields}) for at in reversed(times)]
        Activity.objects.bulk_create(rows)

    return make


@pytest.mark.parametrize(("number", "unusual"), [(9, False), (10, True)])
def test_more_than_ten_in_ten_minutes_are_unusual(attempts, number, unusual):
    attempts(number)

    assert is_unusual(ALICE, "trigger") is unusual


def test_attempts_of_more_than_ten_minutes_ago_do_not_count(attempts):
    attempts(5)
    attempts(20, ago=10 * MINUTE)

    assert not is_unusual(ALICE, "trigger")


@pytest.mark.parametrize(("number", "unusual"), [(14, False), (15, True)])
def test_who_always_triggers_much_may_trigger_three_times_as_much(
    attempts, number, unusual
):
    attempts(5, ago=7 * DAY)
    attempts(number)

    assert is_unusual(ALICE, "trigger") is unusual


def test_what_was_a_month_ago_is_forgotten(attempts):
    attempts(100, ago=30 * DAY)
    attempts(10)

    assert is_unusual(ALICE, "trigger")


def test_refused_attempts_and_reruns_count_as_well(attempts):
    attempts(5, allowed=False)
    attempts(5, action="rerun")

    assert is_unusual(ALICE, "backfill")


@pytest.mark.parametrize(
    ("actor", "action", "unusual"),
    [
        (ALICE, "switch off", False),
        (Actor("bob", "dashboard", object()), "trigger", False),
        (Actor("alice", "command"), "trigger", True),
        (CODE, "trigger", False),
        (COMMAND, "trigger", False),
    ],
)
def test_only_attempts_to_trigger_of_that_person_count(
    attempts, actor, action, unusual
):
    attempts(20)
    attempts(20, actor="code", source="code")

    assert is_unusual(actor, action) is unusual


def test_it_costs_one_query_while_nothing_is_unusual(
    attempts, django_assert_num_queries
):
    attempts(200, ago=DAY)
    attempts(MOST - 1)

    with django_assert_num_queries(1):
        assert not is_unusual(ALICE, "trigger")


def test_however_much_somebody_triggered_a_bounded_number_of_rows_is_read(
    attempts, django_assert_max_num_queries
):
    attempts(REMEMBERED + 500, ago=DAY, apart=timedelta(minutes=5))
    attempts(20)

    with django_assert_max_num_queries(3) as asked:
        assert is_unusual(ALICE, "trigger")
    assert f"LIMIT {REMEMBERED}" in asked.captured_queries[-1]["sql"]


def test_the_busiest_ten_minutes_are_found_wherever_they_begin(now):
    minutes = [0, 1, 30, 35, 39, 40, 90]

    assert busiest(now - minute * MINUTE for minute in minutes) == 3
    assert busiest([]) == 0
