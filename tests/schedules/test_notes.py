"""Coming clock changes, told before they happen."""

from __future__ import annotations

from datetime import date

import pytest

from cronmgmt.schedules import (
    Bounded,
    Cron,
    Interval,
    Manual,
    Once,
    build_schedule,
    clock_notes,
)

from .moments import utc

pytestmark = pytest.mark.part("4.5")

AMS = "Europe/Amsterdam"
YEAR = utc("2026-01-01 00:00"), utc("2027-01-01 00:00")
SPRING, AUTUMN = "29 March 2026: ", "25 October 2026: "


def notes(expression, zone=AMS, first=YEAR[0], last=YEAR[1]):
    return [str(note) for note in clock_notes(Cron(expression, zone), first, last)]


@pytest.mark.parametrize(
    ("expression", "spring", "autumn"),
    [
        (
            "30 2 * * *",
            "02:30 does not exist; runs 03:00",
            "02:30 happens twice; runs once, the first time",
        ),
        (
            "0,30 2 * * *",
            "02:00 to 02:30 do not exist; runs once, 03:00",
            "02:00 to 02:30 happen twice; run once, the first time",
        ),
        (
            "15 30 2 * * *",
            "02:30:15 does not exist; runs 03:00",
            "02:30:15 happens twice; runs once, the first time",
        ),
        (
            "*/20 2 * * *",
            "02:00 to 02:40 do not exist; 3 runs are left out",
            "02:00 to 02:40 happen twice; run both times",
        ),
        (
            "*/60 2 * * *",
            "02:00 does not exist; does not run",
            "02:00 happens twice; runs both times",
        ),
    ],
)
def test_both_changes_of_a_year(expression, spring, autumn):
    assert notes(expression) == [SPRING + spring, AUTUMN + autumn]


@pytest.mark.parametrize(
    ("expression", "zone"),
    [
        ("15 7 * * *", AMS),  # Nowhere near the night.
        ("30 2 * * MON", AMS),  # Clocks are moved on Sundays.
        ("*/5 * * * *", AMS),  # Goes on every five minutes.
        ("30 * * * *", AMS),
        ("*/10 * * * *", "Australia/Lord_Howe"),
        ("* * * * * *", AMS),
        ("30 2 * * *", "UTC"),
        ("30 2 * * *", "Asia/Tokyo"),
    ],
)
def test_nothing_is_told_when_nothing_changes(expression, zone):
    assert notes(expression, zone) == []


def test_half_an_hour_disturbs_an_hourly_job():
    assert notes("7 * * * *", "Australia/Lord_Howe") == [
        "4 October 2026: 02:07 does not exist; does not run"
    ]


def test_a_day_that_never_was():
    year = utc("2011-06-01 00:00"), utc("2012-01-01 00:00")

    assert notes("0 9 * * *", "Pacific/Apia", *year) == [
        "30 December 2011: 09:00 does not exist; does not run"
    ]


def test_only_changes_in_the_stretch_asked_about():
    assert notes("30 2 * * *", AMS, utc("2026-06-01 00:00"), YEAR[1]) == [
        AUTUMN + "02:30 happens twice; runs once, the first time"
    ]
    assert notes("30 2 * * *", AMS, utc("2026-03-29 01:00:01"), YEAR[0]) == []


def test_no_more_notes_than_asked_for():
    schedule = Cron("30 2 * * *", AMS)

    assert len(clock_notes(schedule, YEAR[0], utc("2090-01-01 00:00"))) == 10
    assert len(clock_notes(schedule, *YEAR, limit=1)) == 1


def test_bounds_narrow_the_notes():
    summer = utc("2026-05-01 00:00")
    bounded = build_schedule("cron", "30 2 * * *", AMS, ends_at=summer)

    assert [note.date for note in clock_notes(bounded, *YEAR)] == [date(2026, 3, 29)]
    assert isinstance(bounded, Bounded)


@pytest.mark.parametrize("schedule", [Interval("1d"), Once(YEAR[0]), Manual()])
def test_other_kinds_do_not_know_clocks(schedule):
    assert clock_notes(schedule, *YEAR) == []


def test_a_note_carries_what_a_translation_needs():
    note = clock_notes(Cron("30 2 * * *", AMS), *YEAR)[0]

    assert (note.date, note.key) == (date(2026, 3, 29), "gap.late")
    assert (note.values["wall"], note.values["runs"]) == ("02:30", "03:00")
