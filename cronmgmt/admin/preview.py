"""What a schedule would do, before it is saved: old beside new, and what to think of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise, zip_longest

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt import clock, queries
from cronmgmt.models import ScheduledJob, database
from cronmgmt.queries import Preview

ASKED = "_preview"
"""The button's name: it shows the form again with its preview, and saves nothing."""


@dataclass(frozen=True, slots=True)
class Line:
    """A time as it stands, and beside it the one that would be."""

    old: datetime | None
    new: datetime | None


@admin.display(description=gettext_lazy("preview"))
def preview(job: ScheduledJob) -> str:
    """Show the next runs of a job as its form has it, beside those of its row."""
    found = queries.preview(job) if job.schedule_expression or job.pk else None
    before = _before(job)
    context = {
        "job": job,
        "asked": ASKED,
        "preview": found,
        "before": before,
        "lines": _lines(before, found) if before and found else [],
        "warning": _warning(job, found),
        "now": clock.now(database()),
    }
    return render_to_string("admin/cronmgmt/preview.html", context)


def _before(job: ScheduledJob) -> Preview | None:
    """Return what the row would do; None if the form has not changed its schedule."""
    if not job.pk or not job.plan_is_stale():
        return None
    stored = ScheduledJob.objects.filter(pk=job.pk).first()
    return queries.preview(stored) if stored else None


def _lines(before: Preview, after: Preview) -> list[Line]:
    return [Line(*pair) for pair in zip_longest(before.moments, after.moments)]


def _warning(job: ScheduledJob, found: Preview | None) -> str:
    """Return what is wrong if a run is expected to take longer than the next is away."""
    moments = found.moments if found else []
    waits = [later - earlier for earlier, later in pairwise(moments)]
    shortest = min(waits, default=timedelta.max)
    expected = job.expected_duration
    if not expected or expected <= shortest:
        return ""
    return _(
        "A run is expected to take %(expected)s, and the next one is due after "
        "%(shortest)s."
    ) % {"expected": queries.span(expected), "shortest": queries.span(shortest)}
