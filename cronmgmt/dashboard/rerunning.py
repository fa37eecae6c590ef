"""The page with the form that runs something again, otherwise than the first time."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cronmgmt.actors import Actor
from cronmgmt.dashboard.access import actor, for_members, require
from cronmgmt.dashboard.frame import framed, let_in
from cronmgmt.dashboard.lookup import run_or_404
from cronmgmt.dashboard.moments import moment_field
from cronmgmt.dashboard.parameters import TriggerForm
from cronmgmt.dashboard.rows import Viewer
from cronmgmt.dashboard.speaking import queued
from cronmgmt.engine import actions
from cronmgmt.errors import InvalidParameters
from cronmgmt.models import JobRun

NEEDED = "rerun_jobrun"


class RerunForm(TriggerForm):
    """The run's parameters, the date that its handler sees, and why."""

    intended_for = moment_field(
        gettext_lazy("Intended date"),
        seconds=True,
        required=False,
        help_text=gettext_lazy(
            "The date that the handler is told to work for. Empty: as the run had it."
        ),
    )

    def __init__(self, run: JobRun, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(run.job or run, actor, *args, held=run.params, **kwargs)
        self.fields["intended_for"].initial = run.intended_for
        self.order_fields(["intended_for"])

    def date(self) -> datetime | None:
        """Return another date than the run had; None for the same."""
        chosen: datetime | None = self.cleaned_data["intended_for"]
        return chosen if "intended_for" in self.changed_data else None


@require_http_methods(["GET", "HEAD", "POST"])
@for_members()
def rerun_with(request: HttpRequest, execution_id: UUID) -> HttpResponse:
    """Show the form, or run again with what it holds."""
    if request.method == "POST":
        # Whatever the form holds: a refused attempt is on record.
        actions.permit_rerun(execution_id, actor(request))
    viewer = let_in(request)
    require(request, NEEDED)
    run = run_or_404(execution_id, viewer.actor)
    require(request, NEEDED, run.job)
    if request.method == "POST":
        return _rerun(request, run, viewer)
    return _page(request, run, viewer, RerunForm(run, viewer.actor))


def _rerun(request: HttpRequest, run: JobRun, viewer: Viewer) -> HttpResponse:
    form = RerunForm(run, viewer.actor, request.POST)
    if not form.is_valid():
        actions.refuse_rerun(run, actor(request), wrong=form.errors)
        return _page(request, run, viewer, form)
    try:
        again = actions.rerun(
            run.execution_id,
            actor(request),
            params=form.changed(),
            intended_for=form.date(),
            reason=form.cleaned_data["reason"],
            notify=form.notify(),
        )
    except InvalidParameters as error:
        form.add_error(None, str(error))
        return _page(request, run, viewer, form)
    page = reverse("cronmgmt:run", args=[again.execution_id])
    return queued(request, again, page)


def _page(
    request: HttpRequest, run: JobRun, viewer: Viewer, form: RerunForm
) -> HttpResponse:
    context = {
        "run": run,
        "form": form,
        "back": reverse("cronmgmt:run", args=[run.execution_id]),
    }
    return render(
        request,
        "cronmgmt/rerun.html",
        framed(request, "rerun", viewer, context),
        status=400 if form.errors else 200,
    )
