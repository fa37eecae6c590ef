"""Clock changes, as cron(8) of Debian describes them."""

from __future__ import annotations

import pytest

from cronmgmt.schedules import Cron

from .moments import local, utc

pytestmark = pytest.mark.part("4.5")

AMS = "Europe/Amsterdam"  # 2026: forward on 29 March, back on 25 October
LORD_HOWE = "Australia/Lord_Howe"  # half an hour: 4 October and 5 April 2026


def runs(expression, zone, first, last):
    """Return when the job runs, with the offset that holds at each."""
    found = Cron(expression, zone).between(local(first, zone), local(last, zone), 99)
    here = [moment.astimezone(local(first, zone).tzinfo) for moment in found]
    return [f"{moment:%d %H:%M%z}" for moment in here]


def test_a_time_inside_the_spring_gap_runs_right_after_it():
    assert runs("30 2 * * *", AMS, "2026-03-28 00:00", "2026-03-30 12:00") == [
        "28 02:30+0100",
        "29 03:00+0200",
        "30 02:30+0200",
    ]


def test_several_times_inside_one_gap_run_once():
    assert runs("0,30 2 * * *", AMS, "2026-03-29 00:00", "2026-03-29 12:00") == [
        "29 03:00+0200"
    ]


def test_a_time_right_after_the_gap_is_the_same_run():
    assert runs("30 2,3 * * *", AMS, "2026-03-29 00:00", "2026-03-29 12:00") == [
        "29 03:00+0200",
        "29 03:30+0200",
    ]
    assert runs("0 2,3 * * *", AMS, "2026-03-29 00:00", "2026-03-29 12:00") == [
        "29 03:00+0200"
    ]


def test_a_run_that_several_times_share_is_counted_once():
    morning = local("2026-03-29 00:00", AMS), local("2026-03-29 12:00", AMS)

    assert Cron("0,30 2 * * *", AMS).count_between(*morning) == 1
    assert Cron("0 2,3 * * *", AMS).count_between(*morning) == 1
    assert Cron("30 2,3 * * *", AMS).count_between(*morning) == 2


def test_a_time_inside_the_autumn_overlap_runs_the_first_time():
    assert runs("30 2 * * *", AMS, "2026-10-24 00:00", "2026-10-26 12:00") == [
        "24 02:30+0200",
        "25 02:30+0200",
        "26 02:30+0100",
    ]


def test_the_first_time_is_the_one_even_when_asked_in_between():
    between = local("2026-10-25 02:30", AMS, fold=1)

    assert Cron("30 2 * * *", AMS).next_after(between) == utc("2026-10-26 01:30")
    assert Cron("30 2 * * *", AMS).previous_before(between) == utc("2026-10-25 00:30")


def test_a_wildcard_hour_is_skipped_in_spring():
    assert runs("30 * * * *", AMS, "2026-03-29 01:00", "2026-03-29 04:00") == [
        "29 01:30+0100",
        "29 03:30+0200",
    ]


def test_a_wildcard_hour_runs_twice_in_autumn():
    assert runs("30 * * * *", AMS, "2026-10-25 01:45", "2026-10-25 03:45") == [
        "25 02:30+0200",
        "25 02:30+0100",
        "25 03:30+0100",
    ]


def test_a_wildcard_minute_of_a_missing_hour_does_not_run():
    assert runs("*/20 2 * * *", AMS, "2026-03-29 00:00", "2026-03-29 12:00") == []


def test_a_wildcard_minute_of_a_doubled_hour_runs_twice():
    twice = runs("*/30 2 * * *", AMS, "2026-10-25 00:00", "2026-10-25 12:00")

    assert twice == ["25 02:00+0200", "25 02:30+0200", "25 02:00+0100", "25 02:30+0100"]


def test_six_fields_follow_the_same_rules():
    assert runs("*/20 30 2 * * *", AMS, "2026-03-29 00:00", "2026-03-29 12:00") == [
        "29 03:00+0200"
    ]
    assert runs("0 30 2 * * *", AMS, "2026-10-25 00:00", "2026-10-25 12:00") == [
        "25 02:30+0200"
    ]


def test_half_an_hour_is_a_gap_too():
    assert runs("15 2 * * *", LORD_HOWE, "2026-10-04 00:00", "2026-10-05 00:00") == [
        "04 02:30+1100"
    ]
    assert runs("45 1 * * *", LORD_HOWE, "2026-04-05 00:00", "2026-04-06 00:00") == [
        "05 01:45+1100"
    ]


@pytest.mark.parametrize(
    ("expression", "zone", "moment", "expected"),
    [
        # A quarter of an hour, at midnight: Nepal moved to +05:45.
        ("10 0 * * *", "Asia/Kathmandu", "1985-12-31 18:00", "1985-12-31 18:30"),
        ("10 0 * * *", "Asia/Kathmandu", "1985-12-31 18:30", "1986-01-01 18:25"),
        # Two hours: Troll in Antarctica.
        ("30 1 * * *", "Antarctica/Troll", "2026-03-28 12:00", "2026-03-29 01:00"),
        ("30 2 * * *", "Antarctica/Troll", "2026-10-25 00:29", "2026-10-25 00:30"),
        ("30 2 * * *", "Antarctica/Troll", "2026-10-25 00:30", "2026-10-26 02:30"),
        # Midnight itself is missing.
        ("0 0 * * *", "America/Sao_Paulo", "2018-11-03 12:00", "2018-11-04 03:00"),
        ("0 0 4 11 *", "America/Sao_Paulo", "2018-11-03 12:00", "2018-11-04 03:00"),
        # Ramadan: Morocco goes back for a month, and forward again.
        ("30 2 * * *", "Africa/Casablanca", "2022-03-27 01:29", "2022-03-27 01:30"),
        ("30 2 * * *", "Africa/Casablanca", "2022-03-27 01:30", "2022-03-28 02:30"),
        ("30 2 * * *", "Africa/Casablanca", "2022-05-07 12:00", "2022-05-08 02:00"),
        # Half an hour for good.
        ("45 2 * * *", "America/Caracas", "2016-04-30 12:00", "2016-05-01 07:00"),
        ("45 23 * * *", "Asia/Pyongyang", "2018-05-04 14:00", "2018-05-04 15:00"),
        # Winter time as the exception, as Ireland defines it.
        ("30 1 * * *", "Europe/Dublin", "2026-03-28 12:00", "2026-03-29 01:00"),
        ("30 1 * * *", "Europe/Dublin", "2026-10-25 00:30", "2026-10-26 01:30"),
        # Over the date line: 30 December 2011 never was in Samoa. A correction.
        ("0 9 * * *", "Pacific/Apia", "2011-12-29 19:00", "2011-12-30 19:00"),
        ("0 9 30 12 *", "Pacific/Apia", "2011-01-01 00:00", "2012-12-29 19:00"),
        ("0 9 * * *", "Pacific/Kwajalein", "1993-08-20 21:00", "1993-08-21 21:00"),
        # Three hours and more, and three hours exactly, are corrections.
        ("30 2 * * *", "Antarctica/Casey", "2009-10-17 17:00", "2009-10-18 15:30"),
    ],
)
def test_the_next_occurrence_in(expression, zone, moment, expected):
    assert Cron(expression, zone).next_after(utc(moment)) == utc(expected)


def test_the_moment_may_come_in_any_zone():
    tokyo = local("2026-03-29 09:59", "Asia/Tokyo")

    assert Cron("30 2 * * *", AMS).next_after(tokyo) == utc("2026-03-29 01:00")


def test_a_doubled_hour_of_an_hourly_job_counts_twice():
    day = local("2026-10-25 00:00", AMS), local("2026-10-25 23:59", AMS)

    assert Cron("@hourly", AMS).count_between(*day) == 25
    assert Cron("0 0-23 * * *", AMS).count_between(*day) == 24
