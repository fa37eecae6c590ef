"""Six plain cron fields -> a phrase."""

from __future__ import annotations

import re
from functools import lru_cache

from cronsim.explain import explain as explain_english

from cronmgmt.schedules.wording import Phrase

LONGEST = 300
WEEKDAYS = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
]

# The everyday ones have a key of their own, so that interfaces can translate them.
EVEN = "2|3|4|5|6|10|12|15|20|30"  # Only what divides 60 is "every so many".
CLOCK = r"0 (?P<minute>\d+) (?P<hour>\d+)"
SHAPES = [
    (re.compile(pattern), key)
    for pattern, key in (
        (r"\* \* \* \* \* \*", "cron.second"),
        (rf"\*/(?P<count>{EVEN}) \* \* \* \* \*", "cron.seconds"),
        (r"0 \* \* \* \* \*", "cron.minute"),
        (rf"0 \*/(?P<count>{EVEN}) \* \* \* \*", "cron.minutes"),
        (r"0 0 \* \* \* \*", "cron.hour"),
        (r"0 (?P<minute>\d+) \* \* \* \*", "cron.hourly"),
        (rf"{CLOCK} \* \* \*", "cron.daily"),
        (rf"{CLOCK} \* \* 1-5", "cron.weekdays"),
        (rf"{CLOCK} \* \* (?P<weekday>\d)", "cron.weekly"),
        (rf"{CLOCK} (?P<day>\d+) \* \*", "cron.monthly"),
    )
]


@lru_cache(maxsize=8192)
def explain(parts: tuple[str, ...]) -> Phrase:
    """Return the phrase for the fields, seconds first."""
    text = " ".join(parts)
    for shape, key in SHAPES:
        if match := shape.fullmatch(text):
            return Phrase(key, _values(match.groupdict()))
    return Phrase("cron.other", {"text": _shorten(_ordinals(explain_english(text)))})


def _values(numbers: dict[str, str]) -> dict[str, str | int]:
    values: dict[str, str | int] = {name: int(text) for name, text in numbers.items()}
    if "hour" in numbers:
        values = {**values, "time": "{hour:02}:{minute:02}".format_map(values)}
    if "weekday" in numbers:
        values = {**values, "weekday": WEEKDAYS[int(numbers["weekday"])]}
    return values


def _ordinals(text: str) -> str:
    """Mend 21th, 22th and 23th."""
    for digit, ending in (("1", "st"), ("2", "nd"), ("3", "rd")):
        text = re.sub(rf"\b([2-5]{digit})th\b", rf"\1{ending}", text)
    return text


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
