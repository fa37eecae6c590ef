"""Thousands of jobs are asked every second: the answers must cost microseconds."""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from time import process_time

import pytest

from cronmgmt.schedules import Cron, Interval, decide

from .moments import utc

NOW = utc("2026-03-01 12:34:56")
WEEK, YEAR = timedelta(days=7), timedelta(days=365)
MILLISECOND = 0.001


def best(question, rounds=5):
    question()  # Zones and texts are read once, and then remembered.
    return min(timed(question) for _ in range(rounds))


def timed(question):
    started = process_time()
    question()
    return process_time() - started


@pytest.mark.parametrize(
    "expression",
    [
        "* * * * *",
        "*/5 * * * *",
        "15 7 * * *",
        "0 9 * * MON-FRI",
        "H H * * *",
        "@monthly",
    ],
)
@pytest.mark.parametrize("question", ["next_after", "previous_before"])
def test_one_answer_takes_less_than_100_microseconds(expression, question):
    schedule = Cron(expression, "Europe/Amsterdam", key="job")
    moments = [NOW + timedelta(hours=n) for n in range(500)]
    ask = getattr(schedule, question)
    ask(NOW)

    assert median(timed(lambda m=m: ask(m)) for m in moments) < MILLISECOND / 10


def test_the_rarest_day_takes_less_than_a_millisecond():
    schedule = Cron("0 0 29 2 */7", "Europe/Amsterdam")

    assert best(lambda: schedule.next_after(NOW)) < MILLISECOND


@pytest.mark.parametrize(
    "schedule", [Cron("* * * * * *", "Asia/Tokyo"), Interval("1s")]
)
def test_a_year_of_seconds_is_counted_in_milliseconds(schedule):
    assert best(lambda: schedule.count_between(NOW - YEAR, NOW)) < 5 * MILLISECOND


@pytest.mark.parametrize("policy", ["latest", "all", "none"])
def test_a_week_of_downtime_is_decided_in_milliseconds(policy):
    schedule = Cron("* * * * * *", "Europe/Amsterdam")

    def after_a_week():
        return decide(
            schedule,
            NOW - WEEK,
            NOW,
            alive_since=NOW,
            policy=policy,
            grace=None,
            limit=100,
            now=NOW,
        )

    assert best(after_a_week) < 10 * MILLISECOND
