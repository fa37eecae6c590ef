"""All entries of a file, or of the database, under the names of their jobs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from cronmgmt.engine.portable.entries import Entry, access_of, entry_of
from cronmgmt.errors import Refused, UnknownJob, shorten
from cronmgmt.models import Calendar, ScheduledJob

VERSION = 1
PARTS = ("cronmgmt", "calendars", "jobs")


@dataclass(slots=True)
class Document:
    """Entries of jobs and calendars by name."""

    jobs: dict[str, Entry] = field(default_factory=dict)
    calendars: dict[str, Entry] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """Return it as it is written to a file, in a stable order."""
        data: dict[str, Any] = {"cronmgmt": VERSION}
        if self.calendars:
            data["calendars"] = dict(sorted(self.calendars.items()))
        return {**data, "jobs": dict(sorted(self.jobs.items()))}


def read_document(data: object) -> Document:
    """Return what a file holds, or raise Refused with what is wrong with its frame.

    What is wrong with an entry is found when it is brought into its row.
    """
    if not isinstance(data, Mapping):
        raise Refused('A file of jobs is an object: {"jobs": {"NAME": {…}}}.')
    for name in data:
        if name not in PARTS:
            near = get_close_matches(str(name), PARTS, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise Refused(f"{shorten(name)!r} is no part of a file of jobs.{hint}")
    version = data.get("cronmgmt", VERSION)
    if version != VERSION or isinstance(version, bool):
        raise Refused(
            f"cronmgmt: {shorten(version)} is a form of file that this version does "
            f"not read; it reads {VERSION}."
        )
    return Document(_entries(data, "jobs"), _entries(data, "calendars"))


def _entries(data: Mapping[str, Any], part: str) -> dict[str, Entry]:
    found = data.get(part)
    if found is None:  # A heading of YAML's with nothing below it.
        return {}
    if not isinstance(found, Mapping):
        kind = "a list" if isinstance(found, list) else shorten(found)
        raise Refused(f"{part}: write an object with a name for each; got {kind}.")
    for name, entry in found.items():
        if not isinstance(name, str):
            raise Refused(f"{part}: {shorten(name)} is no name; put it in quotes.")
        if not isinstance(entry, Mapping):
            raise Refused(f"{part}: {name}: write its fields; got {shorten(entry)}.")
    return {name: dict(entry) for name, entry in found.items()}


def stored(names: Iterable[str] | None = None, *, retired: bool = False) -> Document:
    """Return what the database holds: these jobs, or all, with their calendars.

    Raises UnknownJob for a name that no job has.
    """
    found = ScheduledJob.objects.order_by("name").prefetch_related("access")
    rows = {job.name: job for job in found}
    chosen = None if names is None else set(names)
    if missing := sorted((chosen or set()) - rows.keys()):
        raise UnknownJob(f"There is no job {missing[0]!r}.")
    jobs = [
        job
        for name, job in rows.items()
        if (name in chosen if chosen else retired or job.retired_at is None)
    ]
    used = None if not chosen else {job.calendar for job in jobs}
    entries = {job.name: {**entry_of(job), **access_of(job)} for job in jobs}
    return Document(entries, calendars(used))


def calendars(names: Iterable[str] | None = None) -> dict[str, Entry]:
    """Return the entries of these calendars, or of all."""
    rows = Calendar.objects.order_by("name").prefetch_related("days")
    if names is not None:
        rows = rows.filter(name__in=list(names))
    return {row.name: calendar_entry(row) for row in rows}


def calendar_entry(calendar: Calendar) -> Entry:
    """Return a calendar's entry: a line for each day, as the admin's form takes it."""
    days = sorted(calendar.days.all(), key=lambda day: day.date)
    lines = [f"{day.date.isoformat()} {day.kind} {day.note}".strip() for day in days]
    entry: Entry = {"description": calendar.description} if calendar.description else {}
    return {**entry, "days": lines}
