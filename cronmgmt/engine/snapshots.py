"""A row as JSON that the record of a change may hold: no secret is in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cronmgmt.models import ScheduledJob
from cronmgmt.telemetry.parameters import shown_parameters
from cronmgmt.telemetry.redaction import Redactor
from cronmgmt.text import clean_json, clean_text

Facts = dict[str, Any]

ALSO = ("off_by", "retired_at", "retired_by", "set_aside_reason")
"""Columns that people do not edit, and change by what they do."""

LONGEST = 2000


@dataclass(slots=True)
class Change:
    """What something was before and is afterwards; None: it was, or is, not there.

    ``handler`` is whose parameters they are, if neither side says so.
    """

    before: Facts | None = None
    after: Facts | None = None
    handler: str = ""

    @property
    def is_one(self) -> bool:
        """Whether anything changed."""
        return self.before != self.after

    def as_json(self) -> tuple[Facts | None, Facts | None]:
        """Return both sides, of what changed alone; secrets are masked.

        That a secret changed can still be seen: its column is on both sides.
        """
        old, new = self.before, self.after
        if old is None or new is None:
            return self._shown(old), self._shown(new)
        differing = {key for key in {*old, *new} if old.get(key) != new.get(key)}
        return self._shown(old, differing), self._shown(new, differing)

    def _shown(
        self, facts: Facts | None, chosen: Collection[str] | None = None
    ) -> Facts | None:
        if facts is None:
            return None
        names = sorted(facts.keys() if chosen is None else facts.keys() & chosen)
        shown = {name: facts[name] for name in names}
        if "params" in shown:
            handler = facts.get("handler", self.handler)
            shown["params"] = shown_parameters(handler, facts["params"])
        redactor = Redactor()
        return {name: _fit(redactor, name, value) for name, value in shown.items()}


def facts_of(job: ScheduledJob) -> Facts:
    """Return the columns of a job that people and deploys change."""
    names = [
        field.name
        for field in ScheduledJob._meta.concrete_fields
        if field.editable and not field.primary_key
    ]
    return {name: plain(getattr(job, name)) for name in (*names, *ALSO)}


def plain(value: Any) -> Any:
    """Return a column's value as JSON has it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return value


def _fit(redactor: Redactor, name: str, value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(redactor.text(value), LONGEST)
    shown = value if name == "params" else redactor.json(value)
    try:
        return clean_json(shown)
    except (TypeError, ValueError):
        # Edited by hand into what JSON, or the database's reader of it, cannot hold.
        return clean_text(redactor.text(repr(shown)), LONGEST)
