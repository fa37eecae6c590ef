"""The text of one cron field -> the same in the plainest form, or a refusal.

Stricter than the parser behind it: what it would silently read as something else is
refused here, with a sentence. ``H`` is replaced by the numbers it stands for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cronsim.cronsim import CronSimError
from cronsim.cronsim import Field as Parser

from cronmgmt.errors import InvalidSchedule
from cronmgmt.schedules.spread import pick

SPREAD = re.compile(r"H(?:\((?P<low>[0-9A-Z]+)-(?P<high>[0-9A-Z]+)\))?")
NTH = re.compile(r"(?P<day>[0-9A-Z]+)#(?P<nth>[1-5])")
LAST = re.compile(r"(?P<day>[0-9A-Z]+)L")
STEP = re.compile(r"[0-9]{1,4}")


ENGLISH = {
    "": "use {low} to {high}",
    "day-of-month": "use {low} to {high}, L or LW",
    "month": "use {low} to {high} or JAN to DEC",
    "day-of-week": "use {low} to {high} (0 and 7 are Sunday) or SUN to SAT",
    "missing": "something is missing; use {low} to {high}",
    "missing day-of-month": "something is missing; use {low} to {high}, L or LW",
    "missing month": "something is missing; use {low} to {high} or JAN to DEC",
    "missing day-of-week": (
        "something is missing; use {low} to {high} (0 and 7 are Sunday) or SUN to SAT"
    ),
}


@dataclass(frozen=True, slots=True)
class Field:
    parser: Parser
    name: str
    low: int
    high: int
    spread_high: int
    """H never goes beyond: the 29th is missing in some months, 7 is Sunday again."""

    def refuse(self, value: str, problem: str, **values: object) -> InvalidSchedule:
        return InvalidSchedule(self.name, value, problem, **values)

    def misread(self, text: str) -> InvalidSchedule:
        """Return the refusal of what is no number of this field."""
        if text == "?":
            return self.refuse(text, "write * instead of ?")
        key = self.name if self.name in ENGLISH else ""
        if text == "":
            key = f"missing {key}".strip()
        return self.refuse(text, ENGLISH[key], low=self.low, high=self.high)


FIELDS = (
    Field(Parser.SECOND, "second", 0, 59, 59),
    Field(Parser.MINUTE, "minute", 0, 59, 59),
    Field(Parser.HOUR, "hour", 0, 23, 23),
    Field(Parser.DAY, "day-of-month", 1, 31, 28),
    Field(Parser.MONTH, "month", 1, 12, 12),
    Field(Parser.DOW, "day-of-week", 0, 7, 6),
)


def plain(field: Field, text: str, key: str) -> str:
    """Return ``text`` with names as numbers and ``H`` resolved for ``key``."""
    return ",".join(_term(field, term, key) for term in text.split(","))


def _term(field: Field, term: str, key: str) -> str:
    body, slash, step = term.partition("/")
    if slash and not (STEP.fullmatch(step) and 1 <= int(step) <= _size(field)):
        raise field.refuse(
            term, "a step is a number from 1 to {size}", size=_size(field)
        )
    if spread := SPREAD.fullmatch(body):
        return _spread(field, term, spread, int(step or 0), key)
    if body == "*":
        return term
    if "-" in body:
        return _range(field, term, body, step)
    if special := _special(field, body):
        if slash:
            raise field.refuse(term, "a step has no meaning here")
        return special
    return f"{_number(field, body)}{slash}{step}"


def _size(field: Field) -> int:
    return 7 if field.parser is Parser.DOW else field.high - field.low + 1


def _number(field: Field, text: str) -> int:
    try:
        return field.parser.int(text)
    except CronSimError:
        raise field.misread(text) from None


def _range(field: Field, term: str, body: str, step: str) -> str:
    low_text, _, high_text = body.partition("-")
    low, high = _number(field, low_text), _number(field, high_text)
    if high_text == "SUN" and low > 0:
        high = 7  # A week may end on Sunday: MON-SUN.
    if low > high:
        raise field.refuse(
            term,
            "a range runs upwards; write {ends} for both ends",
            ends=f"{low_text}-{field.high},{field.low}-{high_text}",
        )
    if low == high:
        return str(low)  # cronsim would take 5-5/10 for 5/10.
    return f"{low}-{high}/{step}" if step else f"{low}-{high}"


def _special(field: Field, body: str) -> str:
    """Return L, LW, 5L and MON#2 in plain form, or nothing."""
    if field.parser is Parser.DAY and body in ("L", "LW"):
        return body
    if field.parser is Parser.DOW:
        if match := NTH.fullmatch(body):
            return f"{_number(field, match['day'])}#{match['nth']}"
        if match := LAST.fullmatch(body):
            return f"{_number(field, match['day'])}L"
    return ""


def _spread(field: Field, term: str, match: re.Match[str], step: int, key: str) -> str:
    low, high = field.low, field.spread_high
    if match["low"]:
        low, high = _number(field, match["low"]), _number(field, match["high"])
    if not low <= high <= field.spread_high:
        raise field.refuse(
            term,
            "H takes a range upwards, {low} to {high}",
            low=field.low,
            high=field.spread_high,
        )
    if not step:
        return str(pick(key, field.name, low, high))
    first = pick(key, field.name, low, min(high, low + step - 1))
    return ",".join(str(number) for number in range(first, high + 1, step))
