"""What there is to say about one thing: how bad it is, what is seen, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

NAMED = 5
"""So many jobs, nodes or migrations are called by name; more are counted."""


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"  # scheduled work runs: late, in part, or not for much longer
    ERROR = "error"  # scheduled work does not run


BY_WEIGHT = (Level.ERROR, Level.WARNING, Level.OK)


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence of what is seen and one of what to do, which is empty if all is well.

    ``check`` is what programs know it by. ``detail``, for people at the server only, is
    what a database, a broker or a check said: it may name hosts and settings.
    """

    check: str
    level: Level
    seen: str
    todo: str = ""
    detail: str = ""


def worst(findings: Iterable[Finding]) -> Level:
    """Return the level of the worst of them; ``ok`` if there is none."""
    levels = {each.level for each in findings}
    return next((level for level in BY_WEIGHT if level in levels), Level.OK)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return them with the worst first."""
    return sorted(findings, key=lambda each: BY_WEIGHT.index(each.level))


def as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return what programs are told."""
    told = [
        {
            "check": each.check,
            "level": str(each.level),
            "seen": each.seen,
            "todo": each.todo,
            "detail": each.detail,
        }
        for each in findings
    ]
    return {"level": str(worst(findings)), "findings": told}


def some(names: Sequence[str]) -> str:
    """Return the first few names, and how many more there are."""
    shown, more = ", ".join(names[:NAMED]), len(names) - NAMED
    if more <= 0:
        return shown
    return _("%(names)s and %(count)d more") % {"names": shown, "count": more}


def clock_time(moment: datetime) -> str:
    """Return a moment as clocks in the current time zone show it."""
    try:
        return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"
    except OverflowError:  # The very end of the calendar has no time elsewhere.
        return f"{moment:%Y-%m-%d %H:%M:%S}"
