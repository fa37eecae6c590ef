"""All jobs side by side, a few columns of each: what a list is searched and sorted by.

However many jobs there are, it is three statements, and none of them reads history.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BooleanField, Case, Max, Min, Q, QuerySet, Value, When

from cronmgmt.actors import Actor, visible_to
from cronmgmt.models import HELD, JobRun, Pause, ScheduledJob, Status

RECENTLY = timedelta(hours=24)
"""So long a job that failed for good, or missed a time, asks for attention."""

PENDING_TOO_LONG = timedelta(minutes=5)
"""A run that no worker starts for so long is stuck."""

OFF_TOO_LONG = timedelta(days=14)
"""A job that is off for so long, without an end, may have been forgotten."""

STATES = ("running", "error", "set-aside", "off", "paused", "new", "idle")
"""What a job is: the first of them that holds, in the order of :func:`_state`."""

COLUMNS = (
    "id",
    "name",
    "title",
    "owner",
    "tags",
    "handler",
    "enabled",
    "off_since",
    "off_until",
    "set_aside_reason",
    "last_started_at",
    "last_duration",
    "last_failure_at",
    "last_missed_at",
    "next_run_at",
)
HAS_FAILED = Case(
    When(last_error="", then=Value(False)),
    default=Value(True),
    output_field=BooleanField(),
)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The unfinished runs of one job: one to show, and since when things wait."""

    run_id: int
    is_held: bool
    pending_since: datetime | None
    lease_until: datetime | None


@dataclass(frozen=True, slots=True)
class Summary:
    """One job in a line. ``attention`` says why somebody should look at it."""

    id: int
    name: str
    title: str
    owner: str
    tags: tuple[str, ...]
    handler: str
    state: str
    attention: tuple[str, ...]
    run_id: int | None
    last_started_at: datetime | None
    last_duration: float | None
    next_run_at: datetime | None

    @property
    def label(self) -> str:
        """The title, or the name of a job without one."""
        return self.title or self.name


def summaries(
    now: datetime, pauses: Iterable[Pause], actor: Actor | None = None
) -> list[Summary]:
    """Return a line for every job in service, by name."""
    rows = _in_service(actor).order_by("name")
    found = rows.annotate(has_failed=HAS_FAILED).values(*COLUMNS, "has_failed")
    current, paused = under_way(), [each for each in pauses if each.since <= now]
    return [_summary(row, current.get(row["id"]), paused, now) for row in found]


def tags(actor: Actor | None = None) -> list[str]:
    """Return all tags of jobs in service, in order."""
    held = _in_service(actor).values_list("tags", flat=True)
    found = {tag for each in held.iterator() if isinstance(each, list) for tag in each}
    return sorted(tag for tag in found if isinstance(tag, str))


def _in_service(actor: Actor | None) -> QuerySet[ScheduledJob]:
    return visible_to(actor, ScheduledJob.objects.filter(retired_at=None))


def under_way() -> dict[int, UnderWay]:
    """Return what is unfinished, one line per job, however many runs of it wait."""
    runs = JobRun.objects.filter(finished_at=None, job__isnull=False)
    held, queued = Q(status__in=HELD), Q(status=Status.QUEUED)
    found = (
        runs.order_by()
        .values_list("job")
        .annotate(
            held=Max("pk", filter=held),
            first=Min("pk"),
            pending=Min("available_at", filter=queued),
            lease=Min("lease_expires_at", filter=held),
        )
    )
    return {
        job: UnderWay(held or first, held is not None, pending, lease)
        for job, held, first, pending, lease in found
    }


def _summary(
    row: dict[str, Any],
    current: UnderWay | None,
    pauses: Iterable[Pause],
    now: datetime,
) -> Summary:
    tags = row["tags"] if isinstance(row["tags"], list) else []
    is_paused = any(each.keeps_off(tags) for each in pauses)
    return Summary(
        id=row["id"],
        name=row["name"],
        title=row["title"],
        owner=row["owner"],
        tags=tuple(tag for tag in tags if isinstance(tag, str)),
        handler=row["handler"],
        state=_state(row, current, is_paused=is_paused, now=now),
        attention=tuple(_attention(row, current, now)),
        run_id=current.run_id if current else None,
        last_started_at=row["last_started_at"],
        last_duration=row["last_duration"],
        next_run_at=row["next_run_at"],
    )


def _state(
    row: dict[str, Any], current: UnderWay | None, *, is_paused: bool, now: datetime
) -> str:
    if current and current.is_held:
        return "running"
    if row["set_aside_reason"]:
        return "set-aside"
    if not row["enabled"] and not (row["off_until"] and row["off_until"] <= now):
        return "off"
    if row["has_failed"]:
        return "error"
    if is_paused:
        return "paused"
    return "idle" if row["last_started_at"] else "new"


def _attention(
    row: dict[str, Any], current: UnderWay | None, now: datetime
) -> Iterable[str]:
    if _is_since(row["last_failure_at"], now - RECENTLY):
        yield "failed"
    if current and _is_stuck(current, now):
        yield "stuck"
    if _is_since(row["last_missed_at"], now - RECENTLY):
        yield "missed"
    if row["set_aside_reason"]:
        yield "set-aside"
    is_off = not row["enabled"] and row["off_until"] is None
    if is_off and row["off_since"] and row["off_since"] < now - OFF_TOO_LONG:
        yield "off"


def _is_stuck(current: UnderWay, now: datetime) -> bool:
    """Return whether nobody starts it, or nobody who started it is there any more."""
    waits = current.pending_since and current.pending_since < now - PENDING_TOO_LONG
    silent = current.lease_until and current.lease_until < now - PENDING_TOO_LONG
    return bool(waits or silent)


def _is_since(moment: datetime | None, since: datetime) -> bool:
    return moment is not None and moment >= since
