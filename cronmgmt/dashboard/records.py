"""An attempt on record -> what a page or a file shows of it, to this person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from cronmgmt import queries
from cronmgmt.models import Activity

COLUMNS = (
    "at",
    "person",
    "source",
    "address",
    "action",
    "about",
    "verdict",
    "unusual",
    "executionId",
    "reason",
    "before",
    "after",
)

VERDICTS = {
    "allowed": _("allowed"),
    "refused": _("refused"),
    "failed": _("failed"),
    "unusual": _("unusual"),
}
STATES = {"allowed": "succeeded", "refused": "skipped", "failed": "failed"}
LONGEST = 200
MANY = 6
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Side:
    """One thing that changed: what it was, and what it is."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class RecordRow:
    """One attempt as the page shows it; ``job`` is how its job is called today."""

    record: Activity
    reads_errors: bool
    job: str = ""

    @property
    def verdict(self) -> str:
        """``allowed``, ``refused`` or ``failed``."""
        if self.record.failed:
            return "failed"
        return "allowed" if self.record.allowed else "refused"

    @property
    def verdict_label(self) -> str:
        return str(VERDICTS[self.verdict])

    @property
    def state(self) -> str:
        """The state whose colour and icon the verdict has."""
        return STATES[self.verdict]

    @property
    def reason(self) -> str:
        return queries.shown_record(self.record, allowed=self.reads_errors)

    @cached_property
    def changes(self) -> list[Side]:
        """What changed, by name, but for what the record says elsewhere."""
        said = {"off reason": self.reason, "off by": self.record.actor}
        sides = _sides(self.record.before, self.record.after)
        return [each for each in sides if said.get(each.name) != each.after]

    @property
    def is_long(self) -> bool:
        """Whether it takes a click to see all that changed: a job was made, say."""
        return len(self.changes) > MANY


def line(record: Activity, *, reads_errors: bool) -> list[Any]:
    """Return an attempt as a file has it, in the order of COLUMNS."""
    row = RecordRow(record, reads_errors)
    return [
        record.at,
        record.actor,
        record.source,
        record.address,
        record.action,
        record.job_name,
        row.verdict,
        record.unusual,
        str(record.execution_id) if record.execution_id else None,
        row.reason,
        record.before,
        record.after,
    ]


def _sides(before: Any, after: Any) -> Iterator[Side]:
    old = before if isinstance(before, dict) else {}
    new = after if isinstance(after, dict) else {}
    for name in sorted(old.keys() | new.keys()):
        yield Side(name.replace("_", " "), _text(old.get(name)), _text(new.get(name)))


def _text(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    moment = parse_datetime(text) if MOMENT.match(text) else None
    if moment and timezone.is_aware(moment):
        text = f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
