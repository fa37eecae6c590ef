"""Rows of django-celery-beat's ``PeriodicTask`` -> entries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cronmgmt.engine.foreign.arguments import json_args, json_object
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
from cronmgmt.schedules import build_schedule

UNITS = {"days": "d", "hours": "h", "minutes": "m", "seconds": "s"}
CRON = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
SCHEDULES = ("crontab", "interval", "clocked", "solar")
ROUTES = ("exchange", "routing_key")


def move(rows: Rows, around: Surroundings) -> Moved:
    """Carry all periodic tasks of a dump or of this site's tables."""
    moved = Moved()
    for key, row in rows.get("periodictask", {}).items():
        label = str(row.get("name") or f"{row.get('task')} ({key})")
        with moved.one(label):
            _move(moved, label, row, rows, around)
    return moved


def _move(
    moved: Moved, label: str, row: Mapping[str, Any], rows: Rows, around: Surroundings
) -> None:
    place = place_for(moved, around.handlers, label, str(row.get("task")))
    if place is None:
        return
    _refuse_what_is_lost(place, row)
    args, kwargs = json_args(row.get("args")), json_object("kwargs", row.get("kwargs"))
    entry: Entry = {
        **titled(label, place.name),
        "description": row.get("description"),
        **_when(row, rows, around),
        "params": params_of(place, args, kwargs),
        "queue": row.get("queue"),
        "priority": _priority(place, row.get("priority"), around.broker),
        "start_deadline": _seconds(row.get("expire_seconds")),
    }
    if row.get("enabled") is False:
        entry |= {"enabled": False, "off_reason": "Off in django-celery-beat."}
    moved.add(label, label, place, without_empty(entry))


def _refuse_what_is_lost(place: Place, row: Mapping[str, Any]) -> None:
    for name in ROUTES:
        if row.get(name):
            refuse(place, name, "there is no broker to route by it; use a queue.")
    if json_object("headers", row.get("headers")):
        refuse(place, "headers", "handlers get parameters, no headers.")


def _priority(place: Place, value: Any, broker: str) -> int | None:
    """Return Celery's priority, 0 to 255 of which 0 to 9 are used, as ours."""
    if value is None or "priority" in place.fields or "priority" in place.drop:
        return None
    if not broker:
        raise CannotCarry(
            "priority",
            f"{value} is among the highest with one broker and the lowest with another: "
            "say --broker rabbitmq or redis.",
        )
    low = min(int(value), 9)
    urgency = low if broker == "rabbitmq" else 9 - low
    return next(
        ours for least, ours in ((8, 0), (6, 10), (3, 20), (0, 30)) if urgency >= least
    )


def _seconds(value: Any) -> str | None:
    return f"{value}s" if value else None


def _when(row: Mapping[str, Any], rows: Rows, around: Surroundings) -> Entry:
    entry = _schedule(row, rows, around)
    starts, ends = moment(row.get("start_time")), moment(row.get("expires"))
    if ends is not None and ends <= around.now:
        raise CannotCarry("expires", "it has expired.")
    if row.get("one_off"):
        return _one_off(row, entry, starts, around)
    if "at" in entry:
        raise CannotCarry("one_off", "one moment without one_off cannot be; set it.")
    bounds = {"starts_at": starts, "ends_at": ends}
    return {
        **entry,
        **{name: each.isoformat() for name, each in bounds.items() if each},
    }


def _schedule(row: Mapping[str, Any], rows: Rows, around: Surroundings) -> Entry:
    given = [name for name in SCHEDULES if row.get(name) is not None]
    if len(given) != 1:
        raise CannotCarry("schedule", "it needs exactly one schedule.")
    kind, key = given[0], str(row[given[0]])
    found = rows.get(f"{kind}schedule", {}).get(key)
    if kind == "solar":
        raise CannotCarry("solar", "there are no solar schedules: choose a fixed time.")
    if found is None:
        raise CannotCarry(kind, f"its schedule {key} is not in the file: dump the app.")
    if kind == "crontab":
        return _crontab(found)
    if kind == "clocked":
        return _clocked(found, around)
    return _interval(found)


def _crontab(row: Mapping[str, Any]) -> Entry:
    fields = [str(row.get(name, "*")).replace(" ", "") or "*" for name in CRON]
    if fields[2] != "*" and fields[4] != "*":
        raise CannotCarry(
            "crontab",
            "Celery wants day of month and day of week both to fit, cron either of "
            "them: make it one of the two.",
        )
    return {"cron": " ".join(fields), "timezone": str(row.get("timezone") or "UTC")}


def _interval(row: Mapping[str, Any]) -> Entry:
    unit = UNITS.get(str(row.get("period")))
    if unit is None:
        raise CannotCarry(
            "interval", f"{row.get('period')}: a second is the shortest there is."
        )
    return {"every": f"{row.get('every')}{unit}"}


def _clocked(row: Mapping[str, Any], around: Surroundings) -> Entry:
    at = moment(row.get("clocked_time"))
    if at is None or at <= around.now:
        raise CannotCarry(
            "clocked", "its time has passed: trigger the job if it is still to run."
        )
    return {"at": at.isoformat(), "timezone": around.timezone}


def _one_off(
    row: Mapping[str, Any], entry: Entry, starts: datetime | None, around: Surroundings
) -> Entry:
    """Return the only moment at which a schedule that runs once still runs."""
    if row.get("total_run_count"):
        raise CannotCarry("one_off", "it has run already.")
    if "at" in entry:
        return entry
    name = next(name for name in KINDS if name in entry)
    zone = entry.get("timezone", around.timezone)
    schedule = build_schedule(KINDS[name], entry[name], zone, starts_at=starts)
    at = schedule.next_after(max(around.now, starts or around.now))
    if at is None:
        raise CannotCarry("one_off", "its schedule has no next time.")
    return {"at": at.isoformat(), "timezone": zone}
