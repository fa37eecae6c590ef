"""Any schedule without the days that a calendar closes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cronmgmt.schedules import (
    Bounded,
    Cron,
    Interval,
    InvalidSchedule,
    OpenDays,
    Stretch,
    absences,
    build_schedule,
    clock_notes,
    describe,
)
from cronmgmt.schedules.zones import instant_of

from .moments import utc
from .strategies import examples, five_fields, windows

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
NEW_YEAR = utc("2027-01-01 00:00")

DAYS = (
    (date(2026, 12, 25), "Holiday: Christmas"),
    (date(2026, 12, 26), "Holiday: Boxing Day"),
    (date(2026, 12, 30), "Freeze"),
)
ZONE = "Europe/Amsterdam"
DAILY = Cron("15 7 * * *", ZONE)


def skipping(schedule, days=DAYS, zone=ZONE):
    return OpenDays(schedule, "nl", days, zone)


def moving(schedule, days=DAYS, zone=ZONE):
    return OpenDays(schedule, "nl", days, zone, moves=True)


def days_of(schedule):
    found = schedule.between(utc("2026-12-23 00:00"), NEW_YEAR, 1000)
    return [each.day for each in found]


def test_closed_days_are_left_out():
    assert days_of(skipping(DAILY)) == [23, 24, 27, 28, 29, 31]


def test_what_moves_to_a_day_that_has_it_already_runs_once():
    assert days_of(moving(DAILY)) == [23, 24, 27, 28, 29, 31]


def test_what_moves_to_a_day_without_it_runs_there_at_the_same_time():
    fridays = moving(Cron("15 7 * * FRI", ZONE))  # The 25th is one.

    found = fridays.between(utc("2026-12-20 00:00"), NEW_YEAR, 9)

    assert found == [utc("2026-12-27 06:15")]


def test_several_that_move_to_one_day_run_once():
    both = moving(Cron("15 7 25,26 * *", ZONE))

    assert both.between(utc("2026-12-20 00:00"), NEW_YEAR, 9) == [
        utc("2026-12-27 06:15")
    ]


def test_a_day_begins_at_midnight_where_the_job_lives():
    hourly = skipping(Cron("0 * * * *", ZONE))

    assert hourly.next_after(utc("2026-12-24 22:00")) == utc("2026-12-26 23:00")
    assert hourly.previous_before(utc("2026-12-26 23:00")) == utc("2026-12-24 22:00")


def test_intervals_and_single_moments_have_closed_days_too():
    every = skipping(Interval("6h"))
    once = build_schedule(
        "once",
        "2026-12-25 10:00",
        ZONE,
        calendar="nl",
        closed_days=[[day.isoformat(), why] for day, why in DAYS],
        on_holiday="next",
    )

    assert every.count_between(utc("2026-12-24 23:00"), utc("2026-12-26 22:59")) == 0
    assert once.next_after(utc("2026-01-01 00:00")) == utc("2026-12-27 09:00")


def test_the_bounds_hold_for_what_is_moved():
    schedule = build_schedule(
        "cron",
        "15 7 * * FRI",
        ZONE,
        ends_at=utc("2026-12-26 00:00"),
        calendar="nl",
        closed_days=[["2026-12-25", "Holiday"]],
        on_holiday="next",
    )

    assert schedule.next_after(utc("2026-12-20 00:00")) is None


def test_a_calendar_without_days_changes_nothing():
    assert days_of(skipping(DAILY, ())) == days_of(DAILY)
    assert days_of(moving(DAILY, ())) == days_of(DAILY)


def test_a_closed_century_is_walked_through_at_once():
    first = date(2000, 1, 1)
    days = tuple((first + n * DAY, "Freeze") for n in range(36_500))
    every_second = skipping(Interval("1s"), days, "UTC")

    assert every_second.next_after(utc("2026-01-01 00:00")).year == 2099


def test_words_name_the_calendar():
    assert describe(skipping(DAILY)) == (
        "every day at 07:15 (Europe/Amsterdam) except on the days of calendar nl"
    )
    assert describe(moving(DAILY)).endswith(
        "on the days of calendar nl moved to the next open day"
    )


def test_a_clock_change_on_a_closed_day_is_no_matter():
    night = Cron("30 2 * * *", ZONE)
    year = utc("2026-01-01 00:00"), utc("2026-12-31 00:00")
    closed = ((date(2026, 3, 29), "Holiday"),)

    assert len(clock_notes(night, *year)) == 2
    assert len(clock_notes(Bounded(skipping(night, closed), *year), *year)) == 1


def test_what_closed_days_take_out_is_told_with_the_reason():
    whole = utc("2026-12-01 00:00"), NEW_YEAR

    assert absences(skipping(DAILY), *whole) == [
        (stretch(25), "Holiday: Christmas (calendar nl)."),
        (stretch(26), "Holiday: Boxing Day (calendar nl)."),
        (stretch(30), "Freeze (calendar nl)."),
    ]
    assert "moved to the next open day" in absences(moving(DAILY), *whole)[0][1]
    assert absences(DAILY, *whole) == []


def test_days_in_a_row_for_one_reason_are_told_as_one():
    days = tuple((date(2026, 12, day), "Freeze: year-end") for day in (28, 29, 31))
    minutely = skipping(Cron("* * * * *"), days, "UTC")

    found = absences(minutely, utc("2026-12-01 00:00"), utc("2027-02-01 00:00"))

    assert [each.count for each, _ in found] == [2 * 1440, 1440]


def test_only_what_lies_in_between_is_told():
    within = utc("2026-12-25 06:15"), utc("2026-12-26 06:14")

    assert absences(Bounded(skipping(DAILY), *within), *within) == [
        (stretch(25), "Holiday: Christmas (calendar nl).")
    ]


def stretch(day):
    moment = utc(f"2026-12-{day} 06:15")
    return Stretch(moment, moment, 1)


def test_a_crowd_does_not_move_to_one_day():
    with pytest.raises(InvalidSchedule, match="2880 runs would move to 2026-12-27"):
        moving(Cron("* * * * *", ZONE))


@pytest.mark.parametrize(
    "days", [[["25 December", "x"]], [[25, "x"]], ["2026"], [None]]
)
def test_days_edited_by_hand_into_something_else_are_refused(days):
    with pytest.raises(InvalidSchedule, match="save the calendar again"):
        build_schedule("cron", "@daily", calendar="nl", closed_days=days)


# Against a list of everything.


@st.composite
def closed_days(draw, first):
    numbers = draw(st.sets(st.integers(-2, 12), max_size=8))
    return tuple((first + n * DAY, "Holiday") for n in sorted(numbers))


@given(windows(timedelta(days=6)), five_fields, st.booleans(), st.data())
@examples(30)
def test_it_is_the_schedule_without_those_days(window, expression, moves, data):
    zone, first, last = window
    base = Cron(expression, zone)
    days = data.draw(closed_days(first.astimezone(ZoneInfo(zone)).date()))
    margin = 20 * DAY
    most = 500 if moves else 5000
    everything = base.between(first - margin, last + margin, most)
    assume(len(everything) < most)
    assume(clocks_keep_the_date(everything, zone))

    schedule = OpenDays(base, "x", days, zone, moves=moves)

    expected = [
        each for each in oracle(everything, days, zone, moves) if first <= each <= last
    ]
    assert schedule.between(first, last, 100_000) == expected
    assert schedule.count_between(first, last) == len(expected)
    backwards, moment = [], last + SECOND
    while (moment := schedule.previous_before(moment)) and moment >= first:
        backwards.append(moment)
    assert backwards[::-1] == expected


def oracle(everything, days, zone, moves):
    """Ask each occurrence for its date."""
    closed, place, found = {day for day, _ in days}, ZoneInfo(zone), set()
    for each in everything:
        local = each.astimezone(place)
        day = local.date()
        if day not in closed:
            found.add(each)
        elif moves:
            while day in closed:
                day += DAY
            found.add(instant_of(datetime.combine(day, local.time()), zone))
    return sorted(found)


def clocks_keep_the_date(moments, zone):
    """Return whether no clock was turned back over midnight meanwhile."""
    dates = [each.astimezone(ZoneInfo(zone)).date() for each in moments]
    return dates == sorted(dates)
