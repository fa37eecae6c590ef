"""Rows of django-q2's ``Schedule`` -> entries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cronmgmt.engine.foreign.arguments import literal_args, literal_kwargs
from cronmgmt.engine.foreign.mapping import Place
from cronmgmt.engine.foreign.moving import (
    CannotCarry,
    Moved,
    Surroundings,
    params_of,
    place_for,
    refuse,
    titled,
    without_empty,
)
from cronmgmt.engine.foreign.rows import Rows, moment
from cronmgmt.engine.portable.entries import KINDS, Entry
from cronmgmt.schedules import build_schedule, load_zone

INTERVALS = {"H": "1h", "BW": "2w"}
MONTHS = {"M": 1, "BM": 2, "Q": 3, "Y": 12}
MOST_REPEATS = 1000
FAR = timedelta(days=366 * 200)
CARRIED_OPTIONS = ("timeout", "cluster", "broker_name", "group")


def move(rows: Rows, around: Surroundings) -> Moved:
    """Carry all schedules of a dump or of this site's tables."""
    moved = Moved()
    load_zone(around.timezone)
    for key, row in rows.get("schedule", {}).items():
        label = str(row.get("name") or "") or f"{row.get('func')} ({key})"
        with moved.one(label):
            _move(moved, label, row, around)
    return moved


def _move(
    moved: Moved, label: str, row: Mapping[str, Any], around: Surroundings
) -> None:
    place = place_for(moved, around.handlers, label, str(row.get("func")))
    if place is None:
        return
    _refuse_what_is_lost(place, row)
    kwargs = literal_kwargs(row.get("kwargs"))
    options = kwargs.pop("q_options", {})
    name = str(row.get("name") or "")
    entry: Entry = {
        **titled(name, place.name),
        **_when(moved, row, around),
        "params": params_of(place, literal_args(row.get("args")), kwargs),
        "queue": row.get("cluster"),
        **_options(place, options, row),
    }
    moved.add(label, name or place.handler, place, without_empty(entry))


def _refuse_what_is_lost(place: Place, row: Mapping[str, Any]) -> None:
    if row.get("hook"):
        why = f"{row['hook']} is not called when a run ends; use run_finished."
        refuse(place, "hook", why)
    if row.get("intended_date_kwarg"):
        why = "handlers find the intended time in run.intended_for."
        refuse(place, "intended_date_kwarg", why)


def _options(place: Place, options: Any, row: Mapping[str, Any]) -> Entry:
    """Return the fields for ``q_options``."""
    if not isinstance(options, dict):
        raise CannotCarry("q_options", "it is no dictionary.")
    for name in options:
        if name not in CARRIED_OPTIONS:
            refuse(place, "q_options", f"{name!r} has no counterpart.")
    entry: Entry = {}
    if (seconds := options.get("timeout")) is not None:
        if not isinstance(seconds, int) or seconds < 1:
            raise CannotCarry("q_options", "timeout is no number of seconds above 0.")
        entry["timeout"] = f"{seconds}s"
    queue = row.get("cluster") or options.get("cluster") or options.get("broker_name")
    return {**entry, "queue": queue} if queue else entry


def _when(moved: Moved, row: Mapping[str, Any], around: Surroundings) -> Entry:
    first = moment(row.get("next_run"))
    repeats = row.get("repeats", -1)
    if repeats == 0:
        raise CannotCarry("repeats", "it has run as often as it was to.")
    if first is None:
        raise CannotCarry("next_run", "it has none: django-q2 never runs it.")
    kind = row.get("schedule_type")
    if kind == "O":
        return _once(first, around)
    entry = {**_repeating(row, kind, first, around), "timezone": around.timezone}
    if kind == "BW" and around.timezone != "UTC":
        moved.note(
            "Biweekly schedules count fourteen days: by the clock they are an hour off "
            "while summer time differs."
        )
    if "every" in entry or first > around.now:
        entry["starts_at"] = first.isoformat()
    if isinstance(repeats, int) and repeats > 0:
        entry["ends_at"] = _last(entry, first, repeats).isoformat()
    return entry


def _once(first: datetime, around: Surroundings) -> Entry:
    if first <= around.now:
        raise CannotCarry(
            "next_run", "its time has passed: trigger the job if it is still to run."
        )
    return {"at": first.isoformat(), "timezone": around.timezone}


def _repeating(
    row: Mapping[str, Any], kind: Any, first: datetime, around: Surroundings
) -> Entry:
    local = first.astimezone(ZoneInfo(around.timezone))
    clock = f"{local.minute} {local.hour}"
    if local.second:
        clock = f"{local.second} {clock}"
    if kind == "I":
        return {"every": f"{row.get('minutes') or 1}m"}
    if kind in INTERVALS:
        return {"every": INTERVALS[kind]}
    if kind == "D":
        return {"cron": f"{clock} * * *"}
    if kind == "W":
        return {"cron": f"{clock} * * {local.isoweekday() % 7}"}
    if kind in MONTHS:
        return {"cron": f"{clock} {_days(local, MONTHS[kind])} *"}
    if kind == "C":
        return {"cron": _cron(row.get("cron"))}
    raise CannotCarry("schedule_type", f"{kind!r} is none that django-q2 1.11 has.")


def _days(local: datetime, step: int) -> str:
    """Return day and months of what recurs every ``step`` months."""
    is_yearly = step == 12
    if local.day > 28 and not (is_yearly and local.month != 2):
        raise CannotCarry(
            "next_run",
            f"not every month has a day {local.day}: choose an earlier day, or write a "
            "cron expression with L for the last one.",
        )
    months = sorted({(local.month - 1 + n) % 12 + 1 for n in range(0, 12, step)})
    return f"{local.day} {'*' if step == 1 else ','.join(map(str, months))}"


def _cron(text: Any) -> str:
    if not isinstance(text, str) or not text.strip():
        raise CannotCarry("cron", "it is empty.")
    if len(text.split()) > 5:
        raise CannotCarry(
            "cron",
            "it has six fields: django-q2 has the seconds last, here they come first.",
        )
    return text


def _last(entry: Entry, first: datetime, repeats: int) -> datetime:
    """Return when a schedule that runs only so often still runs for the last time."""
    if repeats > MOST_REPEATS:
        raise CannotCarry(
            "repeats", f"it is above {MOST_REPEATS}: give the job an end by hand."
        )
    name = next(name for name in KINDS if name in entry)
    starts = first if name == "every" else None
    schedule = build_schedule(
        KINDS[name], entry[name], entry["timezone"], starts_at=starts
    )
    found = schedule.between(first, first + FAR, repeats)
    return found[-1] if found else first
