"""What the admin shows of a job besides its columns."""

from __future__ import annotations

from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt import queries
from cronmgmt.models import ScheduledJob, Status

STATES = {
    "on": gettext_lazy("on"),
    "off": gettext_lazy("off"),
    "set-aside": gettext_lazy("set aside"),
    "retired": gettext_lazy("retired"),
}


@admin.display(description=gettext_lazy("state"))
def state(job: ScheduledJob) -> str:
    label = str(STATES[job.state])
    why = {
        "set-aside": job.set_aside_reason,
        "off": job.off_reason,
        "retired": job.retired_by,
    }.get(job.state)
    if job.state == "off" and job.off_until:
        until = date_format(localtime(job.off_until), "j M Y H:i")
        label = _("%(state)s until %(moment)s") % {"state": label, "moment": until}
    return f"{label}: {why}" if why else label


@admin.display(description=gettext_lazy("schedule"))
def words(job: ScheduledJob) -> str:
    return capfirst(queries.in_words(job))


@admin.display(description=gettext_lazy("last result"), ordering="last_started_at")
def last_result(job: ScheduledJob) -> str:
    labels = dict(Status.choices)
    return str(labels.get(job.last_status, _("has not run yet")))


def trigger_page(job: ScheduledJob) -> str | None:
    """Return the form that triggers the job; None where nobody can trigger it."""
    return page_of("trigger-with", job.name) if job.state in ("on", "off") else None


def page_of(name: str, key: object) -> str | None:
    """Return a page of the dashboard; None where the site does not have it."""
    try:
        return reverse(f"cronmgmt:{name}", args=[key])
    except NoReverseMatch:
        return None
