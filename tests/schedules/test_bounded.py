"""Any schedule between two moments, and schedules built from a row."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cronmgmt.schedules import (
    Bounded,
    Cron,
    Interval,
    InvalidSchedule,
    Manual,
    Once,
    build_schedule,
)

from .moments import utc

FIRST, LAST = utc("2026-01-10 00:00"), utc("2026-01-12 00:00")
DAILY = Bounded(Cron("@daily"), FIRST, LAST)


def test_both_bounds_are_inside():
    whole_month = utc("2026-01-01 00:00"), utc("2026-02-01 00:00")

    assert DAILY.between(*whole_month, 99) == [FIRST, utc("2026-01-11 00:00"), LAST]
    assert DAILY.count_between(*whole_month) == 3


def test_nothing_comes_before_the_first_or_after_the_last():
    assert DAILY.next_after(utc("2025-01-01 00:00")) == FIRST
    assert DAILY.next_after(LAST) is None
    assert DAILY.previous_before(utc("2027-01-01 00:00")) == LAST
    assert DAILY.previous_before(FIRST) is None
    assert DAILY.count_between(utc("2027-01-01 00:00"), utc("2028-01-01 00:00")) == 0


def test_one_bound_is_enough():
    assert Bounded(Cron("@daily"), FIRST).next_after(LAST) == utc("2026-01-13 00:00")
    assert Bounded(Cron("@daily"), None, LAST).previous_before(FIRST) == utc(
        "2026-01-09 00:00"
    )


def test_bounds_between_two_occurrences_leave_nothing():
    noon = Bounded(Cron("@daily"), utc("2026-01-01 11:00"), utc("2026-01-01 13:00"))

    assert noon.next_after(utc("2025-01-01 00:00")) is None
    assert noon.previous_before(utc("2027-01-01 00:00")) is None


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "field"),
    [
        (LAST, FIRST, "ends_at"),
        (datetime(2026, 1, 1), None, "starts_at"),
        (None, datetime(2026, 1, 1), "ends_at"),
        ("2026-01-01", None, "starts_at"),
    ],
)
def test_it_refuses(starts_at, ends_at, field):
    with pytest.raises(InvalidSchedule) as caught:
        build_schedule("manual", "", starts_at=starts_at, ends_at=ends_at)

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("kind", "expression", "expected"),
    [
        ("cron", "15 7 * * *", Cron("15 7 * * *", "Europe/Amsterdam")),
        ("interval", "30s", Interval("30s")),
        (
            "once",
            "2026-03-01T10:00",
            Once("2026-03-01T10:00+01:00", "Europe/Amsterdam"),
        ),
        ("manual", "", Manual()),
    ],
)
def test_a_row_becomes_a_schedule(kind, expression, expected):
    assert build_schedule(kind, expression, "Europe/Amsterdam") == expected


def test_the_key_reaches_the_cron():
    assert build_schedule("cron", "H H * * *", key="a") == Cron("H H * * *", key="a")


def test_bounds_wrap_the_schedule():
    assert build_schedule("cron", "@daily", starts_at=FIRST, ends_at=LAST) == DAILY


def test_an_interval_counts_from_its_start():
    at_ten = utc("2026-01-01 10:00")

    schedule = build_schedule("interval", "90m", starts_at=at_ten)

    assert schedule.next_after(utc("2025-01-01 00:00")) == at_ten
    assert schedule.next_after(at_ten) == utc("2026-01-01 11:30")


@pytest.mark.parametrize(
    ("kind", "expression", "timezone", "field"),
    [
        ("weekly", "", "UTC", "kind"),
        (None, "", "UTC", "kind"),
        ("cron", "* * * *", "UTC", "expression"),
        ("cron", None, "UTC", "expression"),
        ("interval", "", "UTC", "every"),
        ("interval", None, "UTC", "every"),
        ("once", "", "UTC", "at"),
        ("once", None, "UTC", "at"),
        ("manual", "", "Mars/Olympus", "timezone"),
        ("interval", "5m", "Mars/Olympus", "timezone"),
        ("once", "2026-03-01T10:00", "Mars/Olympus", "timezone"),
    ],
)
def test_a_row_that_is_refused(kind, expression, timezone, field):
    with pytest.raises(InvalidSchedule) as caught:
        build_schedule(kind, expression, timezone)

    assert caught.value.field == field


def test_utc_is_what_comes_out():
    assert DAILY.next_after(FIRST).tzinfo is UTC
