"""Schedules in words."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cronmgmt.schedules import (
    Bounded,
    Cron,
    Interval,
    InvalidSchedule,
    Manual,
    Once,
    describe,
)

from .moments import utc
from .strategies import examples, five_fields, six_fields

AT = utc("2026-03-01 09:00")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("* * * * * *", "every second"),
        ("*/10 * * * * *", "every 10 seconds"),
        ("* * * * *", "every minute"),
        ("*/5 * * * *", "every 5 minutes"),
        ("*/7 * * * *", "Every seventh minute of every hour"),
        ("@hourly", "every hour on the hour"),
        ("5 * * * *", "every hour at minute 5"),
        ("15 7 * * *", "every day at 07:15"),
        ("30 15 7 * * *", "At 07:15:30 every day"),
        ("15 7 * * MON", "At 07:15 on Monday"),
        ("15 7 * * 7", "At 07:15 on Sunday"),
        ("15 7 * * MON-FRI", "At 07:15 on Monday through Friday"),
        ("15 7 1 * *", "At 07:15 on day 1 of every month"),
        ("15 7 22,23 * *", "At 07:15 on the 22nd and the 23rd day of month"),
        ("0 0 L * *", "At 00:00 on the last day of every month"),
        ("0 0 LW 3 *", "At 00:00 on the last weekday of March"),
        ("0 0 * * 5#2", "At 00:00 on the second Friday of the month"),
        ("0 0 * * friL", "At 00:00 on the last Friday of the month"),
        ("H H * * *", "every day at 15:34"),
        ("0 0 */2 * sun", "At 00:00 on every second day of month if it's on Sunday"),
    ],
)
def test_a_cron_text_in_words(expression, expected):
    assert describe(Cron(expression, key="reports.nightly")) == f"{expected} (UTC)"


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (Cron("15 7 * * *", "Asia/Tokyo"), "every day at 07:15 (Asia/Tokyo)"),
        (Interval("1s"), "every second"),
        (Interval("30s"), "every 30 seconds"),
        (Interval("60m"), "every hour"),
        (Interval("1h30m"), "every 1 hour 30 minutes"),
        (Interval("2w"), "every 14 days"),
        (Once(AT, "Europe/Amsterdam"), "once at 2026-03-01 10:00 Europe/Amsterdam"),
        (Once("2026-03-01T09:00:05Z"), "once at 2026-03-01 09:00:05 UTC"),
        (Manual(), "only when triggered"),
        (Bounded(Interval("5m"), AT), "every 5 minutes from 2026-03-01 09:00 UTC"),
        (
            Bounded(Interval("5m"), None, AT, "Asia/Tokyo"),
            "every 5 minutes until 2026-03-01 18:00 Asia/Tokyo",
        ),
    ],
)
def test_any_schedule_in_words(schedule, expected):
    assert describe(schedule) == expected


def test_phrases_carry_what_a_translation_needs():
    daily, zone = Cron("15 7 * * *", "Asia/Tokyo").words()

    assert (daily.key, daily.values["time"]) == ("cron.daily", "07:15")
    assert (zone.key, zone.values) == ("zone", {"timezone": "Asia/Tokyo"})


def test_a_long_explanation_is_cut():
    minutes = ",".join(str(minute) for minute in range(0, 59, 2))

    assert len(describe(Cron(f"{minutes} 1,2,3,4,5 1,2,3,4,5,6,7,8,9,10,11 * *"))) < 320


@given(st.one_of(five_fields, six_fields))
@examples(100)
def test_every_cron_text_has_words(expression):
    try:
        schedule = Cron(expression)
    except InvalidSchedule:
        assume(False)

    assert 10 < len(describe(schedule)) < 320
