"""What hypothesis draws: zones, moments close to clock changes, cron texts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

from hypothesis import settings
from hypothesis import strategies as st

from tests.examples import TIMES

from .oracle import changes

ZONES = """
Africa/Cairo Africa/Casablanca Africa/El_Aaiun Africa/Johannesburg Africa/Monrovia
Africa/Tripoli Africa/Windhoek America/Anchorage America/Asuncion America/Caracas
America/Havana America/New_York America/Noronha America/Nuuk America/Santiago
America/Sao_Paulo America/Scoresbysund America/St_Johns Antarctica/Casey
Antarctica/Troll Asia/Amman Asia/Beirut Asia/Calcutta Asia/Gaza Asia/Kabul
Asia/Kathmandu Asia/Pyongyang Asia/Tehran Asia/Tokyo Asia/Ust-Nera Atlantic/Azores
Australia/Eucla Australia/Lord_Howe Australia/Sydney Etc/GMT+12 Europe/Amsterdam
Europe/Dublin Europe/Istanbul Europe/London Europe/Moscow Pacific/Apia
Pacific/Chatham Pacific/Easter Pacific/Enderbury Pacific/Kiritimati
Pacific/Kwajalein Pacific/Marquesas Pacific/Norfolk UTC
""".split()


def examples(count):
    """Draw ``count`` examples, the same every time, or many more at random."""
    return settings(
        max_examples=count * TIMES,
        deadline=None,
        database=None,
        derandomize=TIMES == 1,
    )


# The short list has one of every sort; a long run goes through all there are.
zones = st.sampled_from(
    ZONES if TIMES == 1 else sorted(available_timezones() - {"Factory", "localtime"})
)
years = st.integers(1970, 2050)


def a_list_of(terms):
    return st.lists(terms, min_size=1, max_size=3).map(",".join)


def numbers(low, high):
    """Terms of a field: stars, numbers, ranges, with and without a step."""
    number = st.integers(low, high)
    steps = st.integers(1, high - low).map("/{}".format)
    ranges = st.tuples(number, number).map(lambda ends: f"{min(ends)}-{max(ends)}")
    stepped = st.tuples(st.one_of(number.map(str), ranges), steps).map("".join)
    return st.one_of(
        st.just("*"),
        steps.map("*{}".format),
        number.map(str),
        ranges,
        # One value with a step would be read as everything from there on.
        stepped.filter(lambda term: not is_one_value_twice(term)),
    )


def is_one_value_twice(term):
    first, dash, last = term.partition("/")[0].partition("-")
    return bool(dash) and first == last


minutes = st.one_of(numbers(0, 59), st.sampled_from(["0", "30", "0,30", "*/15", "59"]))
hours = st.one_of(
    numbers(0, 23), numbers(0, 4), st.sampled_from(["*", "0", "1", "2", "3", "23"])
)
days = st.one_of(st.just("*"), numbers(1, 31), st.sampled_from(["L", "LW", "L,15"]))
months = st.one_of(st.just("*"), st.just("*"), numbers(1, 12), st.just("MAR,OCT"))
weekdays = st.one_of(
    st.just("*"),
    numbers(0, 7),
    st.sampled_from(["sun", "MON-FRI", "0L", "7L", "SUN#1", "6#4", "7#5", "0,6"]),
)
seconds = st.one_of(st.just("0"), numbers(0, 59))


fixed_minutes = st.sampled_from(["0", "15", "30", "59", "0,30", "0-59/20"])
fixed_hours = st.sampled_from(["0", "1", "2", "3", "23", "1-3", "0-23", "0-4/2"])


def fields_of(*strategies):
    return st.tuples(*(a_list_of(each) for each in strategies)).map(" ".join)


every_day = [st.just("*")] * 3
five_fields = st.one_of(
    fields_of(minutes, hours, days, months, weekdays),
    fields_of(minutes, hours, *every_day),
    fields_of(fixed_minutes, fixed_hours, *every_day),
)
six_fields = st.one_of(
    fields_of(seconds, minutes, hours, days, months, weekdays),
    fields_of(seconds, minutes, hours, *every_day),
    fields_of(seconds, fixed_minutes, fixed_hours, *every_day),
)


@st.composite
def middles(draw, zone):
    """Draw a moment: at a clock change, when the year drawn has one, or anywhere."""
    year = draw(years)
    moved = changes(zone, year)
    if moved and draw(st.integers(0, 4)):
        return draw(st.sampled_from(moved))
    minute = timedelta(minutes=draw(st.integers(0, 365 * 24 * 60)))
    return datetime(year, 1, 1, tzinfo=UTC) + minute


@st.composite
def windows(draw, reach):
    """Draw a zone and a stretch of time that reaches that far to both sides."""
    zone = draw(zones)
    middle = draw(middles(zone))
    return zone, middle - reach, middle + reach


@st.composite
def moments(draw, first, last, occurrences):
    """Draw a moment in between; more often than not one right at an occurrence."""
    span = int((last - first).total_seconds())
    moment = first + timedelta(seconds=draw(st.integers(0, span)))
    if occurrences and draw(st.integers(0, 2)):
        near = timedelta(seconds=draw(st.sampled_from([0, 0, -1, 1, -20, 20, 70])))
        moment = draw(st.sampled_from(occurrences)) + near
    moment += timedelta(microseconds=draw(st.sampled_from([0, 0, 1, -1])))
    return min(max(moment, first), last)
