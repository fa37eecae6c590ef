"""What jobs and calendars were before and after -> what differs, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cronmgmt.engine.overrides import provenance
from cronmgmt.engine.portable.documents import calendars
from cronmgmt.engine.portable.entries import Entry, Problem, access_of, entry_of
from cronmgmt.engine.portable.values import to_plain
from cronmgmt.models import Activity, ScheduledJob

Key = tuple[str, str]
"""``job`` or ``calendar``, and a name."""

State = dict[Key, Entry]


@dataclass(frozen=True, slots=True)
class Change:
    """A field's value before and after; None where there was, or is, none."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Kept:
    """A field that a person changed, which stays as it is whatever the code says."""

    field: str
    value: Any
    declared: Any
    by: str
    at: str


@dataclass(slots=True)
class Step:
    """What becomes of one job or calendar, and who changed it last before."""

    what: str
    name: str
    action: str  # create, change, retire or keep
    changes: list[Change] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    by: str = ""
    at: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as programs are told."""
        return {
            "what": self.what,
            "name": self.name,
            "action": self.action,
            "changes": {
                each.field: {"before": each.before, "after": each.after}
                for each in self.changes
            },
            "kept": {
                each.field: {
                    "value": each.value,
                    "declared": each.declared,
                    "by": each.by or None,
                    "at": each.at or None,
                }
                for each in self.kept
            },
            "changedBy": self.by or None,
            "changedAt": self.at or None,
        }


@dataclass(slots=True)
class Outcome:
    """All steps by name, the entries that were refused, and what to look at besides."""

    steps: list[Step] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    unchanged: int = 0

    @property
    def differs(self) -> bool:
        """Whether anything is, or was, to be done."""
        return any(step.action != "keep" for step in self.steps) or bool(self.problems)

    def as_json(self) -> dict[str, Any]:
        """Return it as programs are told."""
        return {
            "differs": self.differs,
            "steps": [step.as_json() for step in self.steps],
            "refused": [problem.as_json() for problem in self.problems],
            "warnings": [warning.as_json() for warning in self.warnings],
            "unchanged": self.unchanged,
        }


def state_of() -> State:
    """Return all jobs and calendars as they are now, every field of them."""
    state: State = {("calendar", name): entry for name, entry in calendars().items()}
    for job in ScheduledJob.objects.order_by("name").prefetch_related("access"):
        retired = {"retired": True} if job.retired_at else {}
        entry = {**entry_of(job, full=True), **access_of(job), **retired}
        state["job", job.name] = entry
    return state


def compare(before: State, after: State, known: int) -> Outcome:
    """Return what differs; for jobs also what people changed and therefore stays.

    ``known`` is the id of the last record of activity before anything was done.
    """
    outcome = Outcome()
    rows = {job.name: job for job in ScheduledJob.objects.exclude(overrides={})}
    for key in sorted(before.keys() | after.keys()):
        step = _step(key, before.get(key), after.get(key))
        if key[0] == "job" and key[1] in rows:
            step.kept = _kept(rows[key[1]])
        if step.action != "keep" or step.kept:
            outcome.steps.append(step)
        else:
            outcome.unchanged += 1
    _name_who(outcome.steps, known)
    return outcome


def _step(key: Key, before: Entry | None, after: Entry | None) -> Step:
    step = Step(*key, action="keep", changes=_changes(before or {}, after or {}))
    if before is None:
        step.action = "create"
        usual = entry_of(ScheduledJob(), full=True)
        step.changes = [
            each
            for each in step.changes
            if each.after not in EMPTY and each.after != usual.get(each.field)
        ]
    elif after is None or after.get("retired") and not before.get("retired"):
        step.action = "retire"
    elif step.changes:
        step.action = "change"
    return step


EMPTY: list[Any] = [None, "", [], {}]


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    fields = [*after, *(name for name in before if name not in after)]
    return [
        Change(name, before.get(name), after.get(name))
        for name in fields
        if before.get(name) != after.get(name)
    ]


def _kept(job: ScheduledJob) -> list[Kept]:
    if job.retired_at:
        return []
    return [
        Kept(
            each.column, to_plain(each.value), to_plain(each.declared), each.by, each.at
        )
        for each in provenance(job)
        if each.source == "person"
    ]


def last_record() -> int:
    """Return the id of the last record of activity; 0 if there is none."""
    return Activity.objects.values_list("pk", flat=True).first() or 0


def _name_who(steps: Iterable[Step], known: int) -> None:
    """Say of each job that changes who changed it last, as far as that is on record."""
    edits = Activity.objects.filter(allowed=True, action__in=EDITS, pk__lte=known)
    for step in steps:
        if step.what == "job" and step.action in ("change", "retire"):
            last = edits.filter(job_name=step.name).order_by("-id").first()
            if last is not None:
                step.by, step.at = last.actor, last.at.isoformat()


EDITS = ("create", "edit", "register", "reset", "switch off", "switch on", "revive")
"""The verbs that change what an entry holds."""
