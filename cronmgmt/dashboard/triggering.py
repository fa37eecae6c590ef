"""The page with the form that triggers a job with other parameters than its own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cronmgmt import queries
from cronmgmt.dashboard.access import actor, for_members, require
from cronmgmt.dashboard.frame import framed, let_in
from cronmgmt.dashboard.parameters import TriggerForm, has_parameters
from cronmgmt.dashboard.rows import Viewer
from cronmgmt.dashboard.speaking import queued
from cronmgmt.engine import actions
from cronmgmt.errors import InvalidParameters
from cronmgmt.models import ScheduledJob

NEEDED = "trigger_scheduledjob"


@require_http_methods(["GET", "HEAD", "POST"])
@for_members()
def trigger_with(request: HttpRequest, name: str) -> HttpResponse:
    """Show the form, or trigger with what it holds."""
    if request.method == "POST":
        # Whatever the form holds: a refused attempt is on record.
        actions.permit_trigger(name, actor(request))
    viewer = let_in(request)
    require(request, NEEDED)
    job = queries.job(name, viewer.actor).job
    require(request, NEEDED, job)
    if request.method == "POST":
        return _trigger(request, job, viewer)
    return _page(request, job, viewer, TriggerForm(job, viewer.actor))


def _trigger(request: HttpRequest, job: ScheduledJob, viewer: Viewer) -> HttpResponse:
    form = TriggerForm(job, viewer.actor, request.POST)
    if not form.is_valid():
        actions.refuse_trigger(job, actor(request), wrong=form.errors)
        return _page(request, job, viewer, form)
    try:
        run = actions.trigger(
            job.name,
            actor(request),
            params=form.changed(),
            reason=form.cleaned_data["reason"],
            notify=form.notify(),
            target=form.target(),
        )
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
        "has_parameters": has_parameters(job),
        "back": reverse("cronmgmt:job", args=[job.name]),
    }
    return render(
        request,
        "cronmgmt/trigger.html",
        framed(request, "trigger", viewer, context),
        status=400 if form.errors else 200,
    )
