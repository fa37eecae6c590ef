"""A job's runs and the times at which it did not run, in one list by time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from cronmgmt.models import Gap, JobRun, ScheduledJob
from cronmgmt.queries.jobs import UNSHOWN

KINDS: dict[str, Any] = {
    Gap.Kind.MISSED: gettext_lazy("missed"),
    Gap.Kind.SUPERSEDED: gettext_lazy("superseded"),
    Gap.Kind.SKIPPED: gettext_lazy("skipped"),
    Gap.Kind.OFF: gettext_lazy("off"),
    Gap.Kind.HOLIDAY: gettext_lazy("holiday"),
    Gap.Kind.BROKEN: gettext_lazy("broken"),
}

MOST_GAPS = 100
"""So many gaps at most are shown among the runs of one page."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A run, or a stretch of times at which there was none."""

    at: datetime
    run: JobRun | None = None
    gap: Gap | None = None

    @property
    def label(self) -> str:
        """Its state as people read it."""
        if self.run is not None:
            return str(self.run.get_status_display())
        return str(KINDS.get(self.gap.kind, self.gap.kind)) if self.gap else ""


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Some of them, latest first; ``older`` is the id before which there are more."""

    rows: list[Occurrence]
    older: int | None


def occurrences(
    job: ScheduledJob,
    before: int | None = None,
    size: int = 50,
    latest: Sequence[JobRun] | None = None,
) -> Occurrences:
    """Return what a job did and did not do, before one of its runs if there is one.

    A gap stands where its last occurrence was. ``latest`` are the job's latest runs, if
    the caller has more of them than ``size``, or all.
    """
    runs = JobRun.objects.filter(job=job).order_by("-id").defer(*UNSHOWN)
    # The run before which they are tells up to when gaps belong to the page before.
    newer = runs.filter(id=before).first() if before is not None else None
    if before is not None:
        runs = runs.filter(id__lt=before)
    found = list((latest if latest is not None else runs)[: size + 1])
    older = found[size - 1].pk if len(found) > size else None
    shown = [Occurrence(moment_of(run), run=run) for run in found[:size]]
    first = min((each.at for each in shown), default=None) if older else None
    last = moment_of(newer) if newer else None
    gaps = [Occurrence(gap.last, gap=gap) for gap in _gaps(job, first, last)]
    rows = sorted([*shown, *gaps], key=lambda each: each.at, reverse=True)
    return Occurrences(rows, older)


def moment_of(run: JobRun) -> datetime:
    """Return when a run was due, or else when it was made."""
    return run.scheduled_for or run.created_at


def _gaps(
    job: ScheduledJob, first: datetime | None, last: datetime | None
) -> list[Gap]:
    gaps = Gap.objects.filter(job=job).order_by("-last")
    if first is not None:
        gaps = gaps.filter(last__gte=first)
    if last is not None:
        gaps = gaps.filter(last__lt=last)
    return list(gaps[:MOST_GAPS])
