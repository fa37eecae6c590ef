"""A job's columns <-> its entry in a file.

An entry is the whole job: what it leaves out has its default. Whether the job is on, and
to whom it is restricted, is left alone unless the entry says so: that is decided where
the job runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from cronmgmt import registry
from cronmgmt.engine.portable.values import flag_of, from_plain, text_of, to_plain
from cronmgmt.engine.restricting import groups_of
from cronmgmt.errors import UnknownHandler, shorten
from cronmgmt.models import ScheduledJob

Entry = dict[str, Any]

KINDS = {"cron": "cron", "every": "interval", "at": "once"}
"""What an entry calls a schedule's expression, and the kind that it is then of."""

FIELDS = (
    *["title", "description", "purpose", "dependencies", "owner", "tags"],
    *["handler", "params", "timezone", "starts_at", "ends_at"],
    *["calendar", "on_holiday", "jitter", "queue", "priority"],
    *["timeout", "expected_duration", "failure_aim", "memory_limit"],
    *[
        "max_attempts",
        "backoff",
        "backoff_ceiling",
        "retry_on",
        "on_lost",
        "overlap",
        "lock_key",
        "concurrency",
    ],
    *["misfire", "grace", "start_deadline"],
    *["retention", "failure_retention", "keep_last", "keep_most"],
    *["mail_requester", "mail_to"],
)
"""The columns that an entry holds under their own names."""

SWITCH = ("enabled", "off_until", "off_reason")
KNOWN = (*FIELDS, *KINDS, *SWITCH, "access")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an entry is refused: its name, the field to correct, and what to do."""

    name: str
    field: str
    problem: str

    def __str__(self) -> str:
        return ": ".join(filter(None, [self.name, self.field, self.problem]))

    def as_json(self) -> dict[str, str]:
        """Return it as programs are told."""
        return {"name": self.name, "field": self.field, "problem": self.problem}


def entry_of(job: ScheduledJob, *, full: bool = False) -> Entry:
    """Return the job's entry; with ``full``, also what has its default."""
    entry = {"handler": job.handler, **_schedule_of(job)}
    for name in FIELDS:
        value = getattr(job, name)
        if full or value != column(name).get_default():
            entry[name] = to_plain(value)
    if full or not job.enabled:
        entry |= {name: to_plain(getattr(job, name)) for name in SWITCH}
    if not full and not job.enabled:
        entry = {
            k: v for k, v in entry.items() if k not in SWITCH or v not in ("", None)
        }
    return entry


def access_of(job: ScheduledJob) -> Entry:
    """Return the groups to which a job is restricted, as its entry has them."""
    groups = groups_of(job)
    return {"access": groups} if groups else {}


def _schedule_of(job: ScheduledJob) -> Entry:
    names = {kind: name for name, kind in KINDS.items()}
    name = names.get(job.schedule_kind)
    return {name: job.schedule_expression} if name else {}


def fill(job: ScheduledJob, entry: Mapping[str, Any]) -> list[Problem]:
    """Bring an entry into a job's row, unsaved; return what is wrong with it."""
    problems = [*_unknown(job, entry), *_set_schedule(job, entry)]
    for name in FIELDS:
        field = column(name)
        try:
            given = name in entry
            value = from_plain(field, entry[name]) if given else field.get_default()
            setattr(job, name, value)
        except ValueError as error:
            problems.append(Problem(job.name, name, f"{error}."))
    problems += _wrong_switch(job, entry) + _wrong_handler(job, entry)
    if not isinstance(entry.get("access", {}), Mapping):
        wanted = 'write an object of groups, such as {"data": "act"}.'
        problems.append(Problem(job.name, "access", wanted))
    return problems or _invalid(job, entry)


def column(name: str) -> models.Field[Any, Any]:
    """Return a column of a job's row."""
    field = ScheduledJob._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field


def _unknown(job: ScheduledJob, entry: Mapping[str, Any]) -> Iterator[Problem]:
    for name in entry:
        if name not in KNOWN:
            near = get_close_matches(str(name), KNOWN, 1)
            hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(KNOWN)}."
            yield Problem(job.name, shorten(name), f"there is no such field. {hint}")


def _set_schedule(job: ScheduledJob, entry: Mapping[str, Any]) -> Iterator[Problem]:
    given = [name for name in KINDS if name in entry]
    job.schedule_kind, job.schedule_expression = "manual", ""
    if len(given) > 1:
        yield Problem(job.name, given[1], f"give only one of {', '.join(given)}.")
    for name in given:
        try:
            job.schedule_kind = KINDS[name]
            job.schedule_expression = text_of(entry[name])
        except ValueError as error:
            yield Problem(job.name, name, f"{error}.")


def _wrong_switch(job: ScheduledJob, entry: Mapping[str, Any]) -> list[Problem]:
    problems = []
    checks = {"enabled": flag_of, "off_reason": text_of}
    for name, check in checks.items():
        try:
            check(entry.get(name, True if name == "enabled" else ""))
        except ValueError as error:
            problems.append(Problem(job.name, name, f"{error}."))
    for name in SWITCH[1:]:
        if entry.get(name) and entry.get("enabled") is not False:
            problems.append(Problem(job.name, name, "it needs enabled: false as well."))
    try:
        from_plain(column("off_until"), entry.get("off_until"))
    except ValueError as error:
        problems.append(Problem(job.name, "off_until", f"{error}."))
    return problems


def _wrong_handler(job: ScheduledJob, entry: Mapping[str, Any]) -> list[Problem]:
    """A job that is there may have a handler that only its workers know."""
    name = entry.get("handler")
    if name is None:
        return [Problem(job.name, "handler", "it is missing.")]
    if not isinstance(name, str) or registry.is_registered(name):
        return []
    stored = ScheduledJob.named(job.name)
    if stored and stored.handler == name:
        return []
    try:
        registry.find(name)
    except UnknownHandler as error:
        return [Problem(job.name, "handler", str(error))]
    return []


def _invalid(job: ScheduledJob, entry: Mapping[str, Any]) -> list[Problem]:
    try:
        job.make_valid()
    except ValidationError as error:
        expression = next((name for name in KINDS if name in entry), "cron")
        called = {"schedule_expression": expression, "schedule_kind": expression}
        return [
            Problem(job.name, called.get(field, field), " ".join(messages))
            for field, messages in error.message_dict.items()
        ]
    return []
