"""Debian's cron the slow way: walk real time step by step, with its virtual clock.

It shares nothing with the code it judges: no cronsim, no arithmetic on time zones, its
own reading of the five or six fields.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
CORRECTION = timedelta(hours=3)
NAMES = {
    name: number
    for names, first in (
        ("SUN MON TUE WED THU FRI SAT", 0),
        ("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC", 1),
    )
    for number, name in enumerate(names.split(), first)
}


def walk(expression, zone, first, last):
    """Return every instant in ``[first, last]`` at which the daemon starts the job."""
    place = ZoneInfo(zone)
    texts, matches = expression.split(), matcher(expression)
    step = timedelta(seconds=1) if len(texts) == 6 else _step(place, first, last)
    fixed = not any(text.startswith("*") for text in texts[-5:-3])
    moment = _whole_minute(first - CORRECTION - HOUR)
    virtual = _local(moment, place) - step
    fired = []
    while moment <= last:
        local = _local(moment, place)
        changed = local - virtual - step
        if not fixed or abs(changed) >= CORRECTION:
            fires, virtual = matches(local), local
        elif changed < timedelta(0):
            fires = False  # This wall time was handled before.
        else:
            fires = _any(matches, virtual + step, local, step)
            virtual = local
        if fires and moment >= first:
            fired.append(moment)
        moment += step
    return fired


@cache
def matcher(expression):
    """Return the function that tells whether a wall time matches."""
    *first, day, month, weekday = expression.upper().split()
    second, minute, hour = first if len(first) == 3 else ["0", *first]
    hours, minutes = _numbers(hour, 0, 23), _numbers(minute, 0, 59)
    seconds, months = _numbers(second, 0, 59), _numbers(month, 1, 12)
    is_right_day = cache(lambda date: matches_day(day, weekday, date))

    def matches(local):
        return (
            local.minute in minutes
            and local.second in seconds
            and local.hour in hours
            and local.month in months
            and is_right_day(local.date())
        )

    return matches


def matches_day(day, weekday, date):
    found = [
        any(_is_day(term, date) for term in day.split(",")),
        any(_is_weekday(term, date) for term in weekday.split(",")),
    ]
    starred = day.startswith("*") or weekday.startswith("*")
    return all(found) if starred else any(found)


@cache
def changes(zone, year):
    """Return roughly when, to a quarter of an hour, clocks in ``zone`` are moved."""
    place = ZoneInfo(zone)
    start = datetime(year, 1, 1, tzinfo=UTC)
    found = []
    for day in range(365):
        morning = start + timedelta(days=day)
        if _offset(morning, place) == _offset(morning + timedelta(days=1), place):
            continue
        quarter = morning
        while _offset(quarter, place) == _offset(morning, place):
            quarter += timedelta(minutes=15)
        found.append(quarter)
    return found


def _any(matches, wall, last, step):
    while wall <= last:
        if matches(wall):
            return True
        wall += step
    return False


def _is_day(term, date):
    last = monthrange(date.year, date.month)[1]
    if term == "L":
        return date.day == last
    if term == "LW":
        weekdays = [
            number
            for number in range(1, last + 1)
            if date.replace(day=number).weekday() < 5
        ]
        return date.day == weekdays[-1]
    return date.day in _numbers(term, 1, 31)


def _is_weekday(term, date):
    weekday = date.isoweekday() % 7
    if term.endswith("L"):
        in_a_week = date + timedelta(days=7)
        return _number(term[:-1]) % 7 == weekday and in_a_week.month != date.month
    if "#" in term:
        name, nth = term.split("#")
        return _number(name) % 7 == weekday and (date.day - 1) // 7 == int(nth) - 1
    return weekday in {number % 7 for number in _numbers(term, 0, 7)}


def _numbers(text, low, high):
    found = set()
    for term in text.split(","):
        body, _, step = term.partition("/")
        first, _, last = body.partition("-")
        if first == "*":
            start, end = low, high
        else:
            start = _number(first)
            end = _number(last) if last else high if step else start
        found.update(range(start, end + 1, int(step or 1)))
    return found


def _number(text):
    return NAMES[text] if text in NAMES else int(text)


def _step(place, first, last):
    odd = any(_offset(moment, place) % MINUTE for moment in (first, last))
    return timedelta(seconds=1) if odd else MINUTE


def _whole_minute(moment):
    return moment.replace(second=0, microsecond=0)


def _local(moment, place):
    return moment.astimezone(place).replace(tzinfo=None)


def _offset(moment, place):
    return moment.astimezone(place).utcoffset()
