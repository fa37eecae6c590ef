"""What a periodic task says besides its schedule."""

from __future__ import annotations

import pytest

from cronmgmt.engine.foreign import celery_beat

MAP = {"tasks.sync": "t:limited"}
HOURLY = {"1": {"every": 1, "period": "hours"}}
NIGHTLY = {"1": {"minute": "30", "hour": "2", "timezone": "Asia/Tokyo"}}


@pytest.fixture
def move(around):
    def move(handlers=MAP, rows=None, broker="", **changes):
        row = {"name": "sync", "task": "tasks.sync", "interval": 1, **changes}
        tables = {
            "intervalschedule": HOURLY,
            "crontabschedule": NIGHTLY,
            **(rows or {}),
        }
        tables["periodictask"] = {"1": row}
        return celery_beat.move(tables, around(handlers, broker=broker))

    return move


def entry(moved):
    assert moved.refused == []
    return moved.document.jobs["sync"]


def test_an_interval_and_its_bounds(move):
    bounds = {"start_time": "2026-07-01T00:00:00Z", "expires": "2026-08-01T00:00:00Z"}

    assert entry(move(**bounds)) == {
        "handler": "t:limited",
        "every": "1h",
        "starts_at": "2026-07-01T00:00:00+00:00",
        "ends_at": "2026-08-01T00:00:00+00:00",
    }


def test_a_crontab_has_its_own_zone(move):
    found = entry(move(interval=None, crontab=1))

    assert (found["cron"], found["timezone"]) == ("30 2 * * *", "Asia/Tokyo")


@pytest.mark.parametrize(
    ("broker", "priority", "ours"),
    [
        ("rabbitmq", 9, 0),
        ("rabbitmq", 255, 0),
        ("rabbitmq", 5, 20),
        ("rabbitmq", 0, 30),
        ("redis", 0, 0),
        ("redis", 3, 10),
        ("redis", 9, 30),
    ],
)
def test_priorities_are_those_of_the_broker(move, broker, priority, ours):
    assert entry(move(broker=broker, priority=priority))["priority"] == ours


def test_without_a_broker_a_priority_is_refused_or_dropped(move):
    assert move(priority=9).refused[0].field == "priority"
    drops = {"tasks.sync": {"handler": "t:limited", "drop": ["priority"]}}
    assert "priority" not in entry(move(drops, priority=9))


def test_arguments_get_the_names_of_the_handlers_parameters(move):
    assert entry(move(args="[5]"))["params"] == {"limit": 5}
    assert entry(move(kwargs='{"limit": 7}'))["params"] == {"limit": 7}
    assert move(args="[5]", kwargs='{"limit": 7}').refused[0].field == "kwargs"


def test_what_the_mapping_says_comes_last(move):
    line = {"handler": "t:limited", "queue": "slow", "params": {"limit": 1}}

    found = entry(move({"tasks.sync": line}, queue="celery", args="[5]"))

    assert (found["queue"], found["params"]) == ("slow", {"limit": 1})


def test_what_is_kept_in_other_words(move):
    found = entry(
        move(queue="slow", expire_seconds=90, enabled=False, description="First.")
    )

    assert (found["queue"], found["start_deadline"]) == ("slow", "90s")
    assert (found["enabled"], found["description"]) == (False, "First.")


def test_one_off_runs_at_its_next_time(move):
    hourly = entry(move(one_off=True))
    nightly = entry(move(one_off=True, interval=None, crontab=1))
    later = entry(move(one_off=True, start_time="2026-07-01T00:30:00Z"))

    assert hourly["at"] == "2026-06-01T13:00:00+00:00"
    assert nightly["at"] == "2026-06-01T17:30:00+00:00"
    assert later["at"] == "2026-07-01T01:30:00+00:00"


@pytest.mark.parametrize(
    "changes",
    [
        {"interval": "x"},
        {"priority": "high", "broker": "redis"},
        {"args": 5},
        {"start_time": "then"},
        {"headers": 5},
        {"rows": {"intervalschedule": {"1": None}}},
    ],
)
def test_a_row_that_nobody_could_have_written_is_refused(move, changes):
    (problem,) = move(**changes).refused

    assert problem.name == "sync" and problem.problem
