"""Lines of a crontab file, a user's or the system's -> entries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cronmgmt.engine.foreign.moving import (
    CannotCarry,
    Moved,
    Surroundings,
    place_for,
    refuse,
)

VARIABLE = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")
REDIRECTION = re.compile(r"\s*(?:[0-9&]?>>?&?|<)\s*\S+")
PERCENT = re.compile(r"(?<!\\)%")
FIELDS = 5

LOST = {
    "MAILTO": "what a run prints is in its log; see alerts for who is told of failures",
    "PATH": "handlers run in the workers' own environment",
    "SHELL": "handlers are Python, not lines of a shell",
    "HOME": "handlers run in the workers' own environment",
    "TZ": "handlers run in the workers' own environment; CRON_TZ is carried",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line that runs something: its number, when, what, and what it reads."""

    number: int
    schedule: str
    command: str
    stdin: str | None


def move(text: str, around: Surroundings, *, system: bool = False) -> Moved:
    """Carry a crontab; with ``system``, a user stands before each command."""
    moved = Moved()
    timezone = around.timezone
    for number, line in enumerate(text.split("\n"), 1):
        raw = line.removesuffix("\r")
        if not raw.strip() or raw.lstrip().startswith("#"):
            continue
        if variable := VARIABLE.fullmatch(raw):
            name, value = variable[1], variable[2].strip("\"'")
            if name == "CRON_TZ":
                timezone = value or around.timezone
            else:
                why = LOST.get(name, "handlers run in the workers' own environment")
                moved.note(f"{name} is not carried: {why}.")
            continue
        with moved.one(f"line {number}"):
            _move(moved, _parsed(number, raw, system=system), around, timezone)
    if system:
        moved.note("Users are not carried: handlers run as the workers' own user.")
    return moved


def _parsed(number: int, raw: str, *, system: bool) -> Line:
    count = 1 if raw.lstrip().startswith("@") else FIELDS
    words = raw.strip().split(None, count + system)
    if len(words) <= count + system:
        raise CannotCarry(
            "line",
            f"it needs {'a word such as @daily' if count == 1 else 'five fields'}, "
            f"{'a user ' if system else ''}and a command: {raw.strip()[:60]!r}.",
        )
    parts = PERCENT.split(words[-1], 1)
    command = " ".join(parts[0].replace("\\%", "%").split())
    return Line(
        number,
        " ".join(words[:count]),
        command,
        parts[1] if len(parts) > 1 else None,
    )


def _move(moved: Moved, line: Line, around: Surroundings, timezone: str) -> None:
    label = f"line {line.number}"
    bare = REDIRECTION.sub("", line.command).strip()
    place = place_for(moved, around.handlers, label, line.command, bare)
    if place is None:
        return
    if line.stdin is not None:
        refuse(place, "stdin", "after % it has standard input; handlers read none.")
    entry: dict[str, Any] = {
        "cron": line.schedule,
        "timezone": timezone,
        "description": f"From line {line.number} of a crontab.",
    }
    moved.add(label, place.handler, place, entry)
