"""What the code declares of a job against what its row holds, column by column."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import models

from cronmgmt.errors import Refused
from cronmgmt.models import ScheduledJob

TOGETHER = [("schedule_kind", "schedule_expression")]
"""Columns that mean nothing without each other: they follow the code as one."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the value of one column comes from.

    ``source`` is ``"code"`` or ``"person"``; ``by`` and ``at`` (ISO 8601) say who
    changed it and when, as far as that is known.
    """

    column: str
    value: Any
    declared: Any
    source: str
    by: str = ""
    at: str = ""


def encoded(value: Any) -> str:
    """Return a column's value as text that can be compared later."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC)  # As the database gives it back.
    return json.dumps(value, default=str, sort_keys=True)


def decoded(column: str, text: str) -> Any:
    """Return the value of which ``encoded`` made ``text``."""
    value = json.loads(text)
    field = ScheduledJob._meta.get_field(column)
    assert isinstance(field, models.Field)
    return value if isinstance(field, models.JSONField) else field.to_python(value)


def differs(job: ScheduledJob, column: str) -> bool:
    """Return whether the row holds something else than the code declares."""
    return bool(job.declared.get(column) != encoded(getattr(job, column)))


def follows(job: ScheduledJob, columns: Iterable[str]) -> bool:
    """Return whether all these columns hold what the code last declared."""
    return all(name in job.declared and not differs(job, name) for name in columns)


def provenance(job: ScheduledJob) -> list[Provenance]:
    """Return where each declared column's value comes from; none for an admin's job."""
    return [_provenance(job, column) for column in sorted(job.declared)]


def _provenance(job: ScheduledJob, column: str) -> Provenance:
    value = getattr(job, column)
    declared = decoded(column, job.declared[column])
    if not differs(job, column):
        return Provenance(column, value, declared, "code")
    mark = job.overrides.get(column, {})
    by, at = mark.get("by", ""), mark.get("at", "")
    return Provenance(column, value, declared, "person", by, at)


def mark_overrides(job: ScheduledJob, by: str, at: datetime) -> None:
    """Note who changed which declared columns; a column that is back is unmarked."""
    stored = ScheduledJob.objects.filter(pk=job.pk).first() if job.pk else None
    for column in job.declared:
        if not differs(job, column):
            job.overrides.pop(column, None)
        elif column not in job.overrides or _changed(stored, job, column):
            job.overrides[column] = {"by": by, "at": at.isoformat()}


def unmark_what_follows(job: ScheduledJob) -> None:
    """Take the marks off columns whose value the code declares by now as well."""
    for column in list(job.overrides):
        if column not in job.declared or not differs(job, column):
            del job.overrides[column]


def reset(job: ScheduledJob, columns: Iterable[str]) -> None:
    """Give columns back to the code; the caller saves the job.

    Raises Refused for a column that the code does not declare.
    """
    wanted = set(columns)
    for pair in TOGETHER:
        if wanted & set(pair):
            wanted |= set(pair)
    for column in sorted(wanted):
        if column not in job.declared:
            raise Refused(f"The code declares no {column} of {job.name}.")
        setattr(job, column, decoded(column, job.declared[column]))
        job.overrides.pop(column, None)


def _changed(stored: ScheduledJob | None, job: ScheduledJob, column: str) -> bool:
    if stored is None:
        return True
    return encoded(getattr(stored, column)) != encoded(getattr(job, column))
