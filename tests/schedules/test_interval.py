"""Every so often, from a fixed start."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronmgmt.schedules import Interval, InvalidSchedule

from .moments import local, utc
from .strategies import examples

START = utc("2026-01-01 10:00")
MINUTE = timedelta(minutes=1)


@pytest.mark.part("1.8")
@pytest.mark.parametrize(
    ("every", "moment", "expected"),
    [
        ("30s", "2026-01-01 00:00:00", "2026-01-01 00:00:30"),
        ("30s", "2026-01-01 00:00:29.999", "2026-01-01 00:00:30"),
        ("5m", "2026-01-01 00:04:59", "2026-01-01 00:05:00"),
        ("1h30m", "2026-01-01 00:00:00", "2026-01-01 01:30:00"),
        ("7d", "2026-01-01 00:00:00", "2026-01-03 00:00:00"),
    ],
)
def test_the_next_one_is_counted_from_the_year_2000(every, moment, expected):
    assert Interval(every).next_after(utc(moment)) == utc(expected)


def test_a_late_question_moves_no_occurrence():
    every_hour = Interval("1h", START)

    assert every_hour.next_after(START + 61 * MINUTE) == START + 120 * MINUTE


def test_the_start_is_the_first_one():
    hourly = Interval("1h", START)

    assert hourly.next_after(START - timedelta(days=99)) == START
    assert hourly.next_after(START) == START + 60 * MINUTE
    assert hourly.previous_before(START) is None
    assert hourly.previous_before(START + MINUTE) == START


def test_a_clock_change_does_not_matter():
    daily = Interval("1d", local("2026-03-28 07:00", "Europe/Amsterdam"))

    after = daily.next_after(utc("2026-03-29 00:00"))

    assert after == local("2026-03-29 08:00", "Europe/Amsterdam")


def test_a_start_with_fractions_is_rounded_up():
    assert Interval("1h", START + timedelta(microseconds=1)).start == utc(
        "2026-01-01 10:00:01"
    )


def test_text_and_timedelta_are_the_same_value():
    assert Interval("90s") == Interval("1m30s") == Interval(timedelta(seconds=90))
    assert len({Interval("60s"), Interval("1m")}) == 1


def test_a_second_long_year_is_counted_at_once():
    every_second = Interval("1s")

    count = every_second.count_between(utc("2026-01-01 00:00"), utc("2027-01-01 00:00"))

    assert count == 365 * 86_400 + 1


@given(
    every=st.integers(1, 10**6).map(lambda n: timedelta(seconds=n)),
    moment=st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)).map(
        lambda moment: utc(moment.isoformat())
    ),
)
@examples(80)
def test_next_and_previous_enclose_the_moment(every, moment):
    schedule = Interval(every, START)

    following, previous = schedule.next_after(moment), schedule.previous_before(moment)

    assert following > moment
    assert previous is None or previous < moment
    assert following == START or following - every <= moment
    assert (previous is None) == (moment <= START)
    assert schedule.count_between(moment, following) == 1 + (
        following - every == moment >= START
    )


@pytest.mark.parametrize(
    ("every", "start", "field"),
    [
        ("0s", START, "every"),
        ("90", START, "every"),
        ("", START, "every"),
        ("1.5h", START, "every"),
        ("11y", START, "every"),
        ("3651d", START, "every"),
        ("999999999w", START, "every"),
        (timedelta(0), START, "every"),
        (timedelta(seconds=-5), START, "every"),
        (timedelta(milliseconds=1500), START, "every"),
        (timedelta.max, START, "every"),
        (30, START, "every"),
        (None, START, "every"),
        ("5m", None, "start"),
        ("5m", datetime(2026, 1, 1), "start"),
        ("5m", "2026-01-01", "start"),
    ],
)
def test_it_refuses(every, start, field):
    with pytest.raises(InvalidSchedule) as caught:
        Interval(every, start)

    assert caught.value.field == field
