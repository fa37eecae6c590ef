"""The text of a cron schedule -> its wall times, or a refusal that names the field."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from cronsim import CronSim, CronSimError

from cronmgmt.errors import InvalidSchedule
from cronmgmt.schedules.days import Days
from cronmgmt.schedules.fields import FIELDS, plain
from cronmgmt.schedules.times import Times
from cronmgmt.schedules.walls import Walls

LONGEST = 200
SHORTHANDS = {
    "@YEARLY": "0 0 1 1 *",
    "@ANNUALLY": "0 0 1 1 *",
    "@MONTHLY": "0 0 1 * *",
    "@WEEKLY": "0 0 * * 0",
    "@DAILY": "0 0 * * *",
    "@MIDNIGHT": "0 0 * * *",
    "@HOURLY": "0 * * * *",
}
UNPRINTABLE = re.compile(r"[^\x20-\x7e\t]")


@lru_cache(maxsize=8192)
def parse(expression: str, key: str) -> Walls:
    """Return the wall times of ``expression``; ``key`` decides where H falls."""
    second, minute, hour, *days = plain_parts(expression, key)
    hours = _values(f"0 0 {hour} * * *").hours
    minutes = _values(f"0 {minute} * * * *").minutes
    seconds = _values(f"{second} * * * * *").seconds
    times = Times(*(tuple(sorted(values)) for values in (hours, minutes, seconds)))
    fixed = not (minute.startswith("*") or hour.startswith("*"))
    return Walls(_parse_days(*days), times, fixed)


@lru_cache(maxsize=8192)
def plain_parts(expression: str, key: str) -> tuple[str, ...]:
    """Return six fields: seconds first, names as numbers, H resolved."""
    texts = _split(expression)
    return tuple(
        plain(field, text, key) for field, text in zip(FIELDS, texts, strict=True)
    )


def _split(expression: str) -> list[str]:
    if not expression.strip():
        raise _refuse(expression, "write five fields, such as 15 7 * * *")
    if len(expression) > LONGEST:
        raise _refuse(expression, "at most {most} characters, please", most=LONGEST)
    if UNPRINTABLE.search(expression.strip()):
        raise _refuse(expression, "only plain letters, digits and * / , - # ( ) L H")
    texts = expression.upper().split()
    if texts[0].startswith("@"):
        texts = _shorthand(expression, texts)
    if len(texts) == 5:
        texts.insert(0, "0")
    if len(texts) != 6:
        raise _refuse(
            expression,
            "five fields, or six with the seconds first; these are {count}",
            count=len(texts),
        )
    return texts


def _shorthand(expression: str, texts: list[str]) -> list[str]:
    if texts == ["@REBOOT"]:
        raise _refuse(expression, "@reboot is no moment in time: trigger the job")
    if texts[0] == "@EVERY":
        raise _refuse(expression, "make it an interval, such as 5m, instead")
    if len(texts) > 1 or texts[0] not in SHORTHANDS:
        known = ", ".join(name.lower() for name in SHORTHANDS)
        raise _refuse(expression, "of these, only {known} are known", known=known)
    return SHORTHANDS[texts[0]].split()


@lru_cache(maxsize=2048)
def _parse_days(day: str, month: str, weekday: str) -> Days:
    # Most jobs share these three fields, and the table of days is the costly part.
    try:
        rule = _values(f"0 0 0 {day} {month} {weekday}")
    except CronSimError:
        raise _never(day) from None
    days = Days.matching(frozenset(rule.months), rule.match_day)
    if not days.ever():
        raise _never(day)
    return days


def _values(expression: str) -> CronSim:
    # The moment is not used: only what the fields hold is read.
    return CronSim(expression, datetime(2000, 1, 1))


def _refuse(value: object, problem: str, **values: object) -> InvalidSchedule:
    return InvalidSchedule("expression", value, problem, **values)


def _never(day: str) -> InvalidSchedule:
    return InvalidSchedule(
        "day-of-month",
        day,
        "it would never run: no such day falls in these months on these weekdays",
    )
