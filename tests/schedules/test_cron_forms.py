"""Every form of a cron text, in UTC: what it means."""

from __future__ import annotations

import pytest

from cronmgmt.schedules import Cron

from .moments import utc

NEW_YEAR = "2026-01-01 00:00"  # A Thursday.


@pytest.mark.parametrize(
    ("expression", "moment", "expected"),
    [
        # The examples of crontab(5).
        ("5 0 * * *", NEW_YEAR, "2026-01-01 00:05"),
        ("15 14 1 * *", "2026-01-01 14:15", "2026-02-01 14:15"),
        ("0 22 * * 1-5", "2026-01-02 22:00", "2026-01-05 22:00"),
        ("23 0-23/2 * * *", "2026-01-01 00:23", "2026-01-01 02:23"),
        ("5 4 * * sun", NEW_YEAR, "2026-01-04 04:05"),
        ("0 */4 1 * mon", "2026-01-01 20:00", "2026-01-05 00:00"),
        ("0 */4 1 * mon", "2026-01-05 20:00", "2026-01-12 00:00"),
        ("30 4 1,15 * 5", NEW_YEAR, "2026-01-01 04:30"),
        ("30 4 1,15 * 5", "2026-01-01 04:30", "2026-01-02 04:30"),
        ("30 4 1,15 * 5", "2026-01-09 04:30", "2026-01-15 04:30"),
        # A day field that begins with a star narrows the other one.
        ("0 0 */2 * sun", NEW_YEAR, "2026-01-11 00:00"),
        ("0 0 1-7 * */7", NEW_YEAR, "2026-01-04 00:00"),
        ("0 0 1-7 * 0", NEW_YEAR, "2026-01-02 00:00"),
        # Numbers, lists, ranges, steps.
        ("* * * * *", "2026-01-01 00:00:59", "2026-01-01 00:01"),
        ("0,20,40 * * * *", "2026-01-01 00:20", "2026-01-01 00:40"),
        ("10-12 * * * *", "2026-01-01 00:12", "2026-01-01 01:10"),
        ("10-30/10 * * * *", "2026-01-01 00:20", "2026-01-01 00:30"),
        ("*/25 * * * *", "2026-01-01 00:50", "2026-01-01 01:00"),
        ("5/15 * * * *", "2026-01-01 00:35", "2026-01-01 00:50"),
        ("5-5/15 * * * *", "2026-01-01 00:05", "2026-01-01 01:05"),
        ("007 * * * *", NEW_YEAR, "2026-01-01 00:07"),
        ("\t0  0 1 * *  ", NEW_YEAR, "2026-02-01 00:00"),
        # Seconds first.
        ("*/30 * * * * *", NEW_YEAR, "2026-01-01 00:00:30"),
        ("15 0 0 1 1 *", NEW_YEAR, "2026-01-01 00:00:15"),
        # Names in any case, and Sunday under all of its names.
        ("0 0 1 feb *", NEW_YEAR, "2026-02-01 00:00"),
        ("0 0 1 Jun-AUG *", NEW_YEAR, "2026-06-01 00:00"),
        ("0 0 * * 7", NEW_YEAR, "2026-01-04 00:00"),
        ("0 0 * * 0", NEW_YEAR, "2026-01-04 00:00"),
        ("0 0 * * SAT-SUN", "2026-01-03 00:00", "2026-01-04 00:00"),
        ("0 0 * * SAT-7", "2026-01-03 00:00", "2026-01-04 00:00"),
        ("0 0 * * SUN-SUN", "2026-01-04 00:00", "2026-01-11 00:00"),
        ("0 0 * * SUN-MON", "2026-01-04 00:00", "2026-01-05 00:00"),
        # Last and nth.
        ("0 0 L * *", NEW_YEAR, "2026-01-31 00:00"),
        ("0 0 l 2 *", "2028-01-01 00:00", "2028-02-29 00:00"),
        ("0 0 LW * *", NEW_YEAR, "2026-01-30 00:00"),
        ("0 0 15,L * *", NEW_YEAR, "2026-01-15 00:00"),
        ("0 0 * * 5L", NEW_YEAR, "2026-01-30 00:00"),
        ("0 0 * * friL", NEW_YEAR, "2026-01-30 00:00"),
        ("0 0 * * 7L", NEW_YEAR, "2026-01-25 00:00"),
        ("0 0 * * MON#2", NEW_YEAR, "2026-01-12 00:00"),
        ("0 0 * * 4#5", NEW_YEAR, "2026-01-29 00:00"),
        ("0 0 * 2 MON#5", NEW_YEAR, "2044-02-29 00:00"),
        # Rare days.
        ("0 0 29 2 *", NEW_YEAR, "2028-02-29 00:00"),
        ("0 0 29 2 *", "2096-03-01 00:00", "2104-02-29 00:00"),
        ("0 0 31 * *", "2026-01-31 00:00", "2026-03-31 00:00"),
        # Words.
        ("@yearly", NEW_YEAR, "2027-01-01 00:00"),
        ("@annually", NEW_YEAR, "2027-01-01 00:00"),
        ("@monthly", NEW_YEAR, "2026-02-01 00:00"),
        ("@weekly", NEW_YEAR, "2026-01-04 00:00"),
        ("@daily", NEW_YEAR, "2026-01-02 00:00"),
        ("@Midnight", NEW_YEAR, "2026-01-02 00:00"),
        ("@hourly", NEW_YEAR, "2026-01-01 01:00"),
    ],
)
def test_the_next_occurrence_of(expression, moment, expected):
    assert Cron(expression).next_after(utc(moment)) == utc(expected)


@pytest.mark.parametrize(
    ("expression", "moment", "expected"),
    [
        ("5 0 * * *", NEW_YEAR, "2025-12-31 00:05"),
        ("* * * * *", "2026-01-01 00:00:59", "2026-01-01 00:00"),
        ("*/30 * * * * *", NEW_YEAR, "2025-12-31 23:59:30"),
        ("30 15 * * * *", "2026-01-01 00:15:30", "2025-12-31 23:15:30"),
        ("30 15 * * * *", "2026-01-01 00:15:10", "2025-12-31 23:15:30"),
        ("10-30/10 9-17 * * MON", NEW_YEAR, "2025-12-29 17:30"),
        ("0 0 29 2 *", "2104-02-29 00:00", "2096-02-29 00:00"),
        ("0 0 * * 0L", NEW_YEAR, "2025-12-28 00:00"),
    ],
)
def test_the_previous_occurrence_of(expression, moment, expected):
    assert Cron(expression).previous_before(utc(moment)) == utc(expected)


def test_occurrences_between_include_both_ends():
    hourly = Cron("@hourly")
    first, last = utc("2026-01-01 00:00"), utc("2026-01-01 03:00")

    assert len(hourly.between(first, last, 10)) == 4
    assert hourly.between(first, last, 2) == [first, utc("2026-01-01 01:00")]
    assert hourly.count_between(first, last) == 4


def test_nothing_lies_between_the_end_and_the_start():
    first, last = utc("2026-01-02 00:00"), utc("2026-01-01 00:00")

    assert Cron("@hourly").between(first, last, 10) == []
    assert Cron("@hourly").count_between(first, last) == 0


def test_fractions_of_a_second_do_not_hide_an_occurrence():
    midnight = utc("2026-01-01 00:00")
    just_before = utc("2025-12-31 23:59:59.999999")
    just_after = utc("2026-01-01 00:00:00.000001")

    assert Cron("@daily").next_after(just_before) == midnight
    assert Cron("@daily").previous_before(just_after) == midnight
    assert Cron("@daily").count_between(just_before, just_after) == 1
