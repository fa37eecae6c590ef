"""Cron against a daemon that walks through every minute: no difference, anywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cronmgmt.schedules import Cron, InvalidSchedule

from .oracle import walk
from .strategies import examples, five_fields, moments, six_fields, windows

pytestmark = pytest.mark.part("4.5")

NIGHTS = windows(timedelta(hours=30))
HOURS = windows(timedelta(minutes=150))


def cron(expression, zone):
    try:
        return Cron(expression, zone)
    except InvalidSchedule as refusal:
        assume("never run" not in refusal.problem)
        raise


@given(data=st.data(), window=NIGHTS, expression=five_fields)
@examples(60)
def test_minutes_around_clock_changes(data, window, expression):
    agree(data, window, expression)


@pytest.mark.part("1.8")
@given(data=st.data(), window=HOURS, expression=six_fields)
@examples(15)
def test_seconds_around_clock_changes(data, window, expression):
    agree(data, window, expression)


def agree(data, window, expression):
    zone, first, last = window
    schedule = cron(expression, zone)
    expected = walk(expression, zone, first, last)

    assert schedule.between(first, last, len(expected) + 1) == expected
    for _ in range(3):
        moment = data.draw(moments(first, last, expected))
        another = data.draw(moments(moment, last, expected))
        agree_at(schedule, expected, moment, first, last)
        inside = [each for each in expected if moment <= each <= another]
        assert schedule.count_between(moment, another) == len(inside)


def agree_at(schedule, expected, moment, first, last):
    later = [each for each in expected if each > moment]
    found = schedule.next_after(moment)
    assert found == later[0] if later else found is None or found > last

    earlier = [each for each in expected if each < moment]
    found = schedule.previous_before(moment)
    assert found == earlier[-1] if earlier else found is None or found < first
