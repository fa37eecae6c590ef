"""A job's page with ``?trigger``: the form that triggers it with other parameters."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cronmgmt import queries
from cronmgmt.dashboard.access import actor, require
from cronmgmt.dashboard.frame import framed, let_in
from cronmgmt.dashboard.parameters import TriggerForm
from cronmgmt.dashboard.rows import Viewer
from cronmgmt.dashboard.speaking import queued
from cronmgmt.engine import actions
from cronmgmt.errors import InvalidParameters
from cronmgmt.models import ScheduledJob

ASKED = "trigger"
"""The query by which a job's page shows the form."""


@require_http_methods(["GET", "HEAD", "POST"])
def trigger_with(request: HttpRequest, name: str) -> HttpResponse:
    """Show the form, or trigger with what it holds."""
    viewer = let_in(request)
    job = queries.job(name).job
    if request.method == "POST":
        return _trigger(request, job, viewer)
    require(request, "trigger_scheduledjob")
    return _page(request, job, viewer, TriggerForm(job))


def _trigger(request: HttpRequest, job: ScheduledJob, viewer: Viewer) -> HttpResponse:
    form = TriggerForm(job, request.POST)
    if viewer.trigger and not form.is_valid():
        return _page(request, job, viewer, form)
    # Who may not is refused by the verb, which keeps the attempt on record.
    chosen: dict[str, Any] = {}
    if viewer.trigger:
        chosen = {"params": form.changed(), "reason": form.cleaned_data["reason"]}
    try:
        run = actions.trigger(job.name, actor(request), **chosen)
    except InvalidParameters as error:
        form.add_error(None, str(error))
        return _page(request, job, viewer, form)
    return queued(request, run)


def _page(
    request: HttpRequest, job: ScheduledJob, viewer: Viewer, form: TriggerForm
) -> HttpResponse:
    context = {
        "job": job,
        "form": form,
        "back": reverse("cronmgmt:job", args=[job.name]),
        "asked": ASKED,
    }
    return render(
        request,
        "cronmgmt/trigger.html",
        framed(request, "trigger", viewer, context),
        status=400 if form.errors else 200,
    )
