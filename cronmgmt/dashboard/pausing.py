"""Everything, or the jobs of a tag, off for a while: the form, and its end."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cronmgmt import queries
from cronmgmt.dashboard.access import actor, for_members, require
from cronmgmt.dashboard.forms import PauseForm
from cronmgmt.dashboard.frame import framed, let_in
from cronmgmt.dashboard.speaking import done, page_before, read_body
from cronmgmt.engine import actions
from cronmgmt.errors import Forbidden, Refused

NEEDED = "switch_scheduledjob"


@require_http_methods(["GET", "HEAD", "POST"])
@for_members()
def pause(request: HttpRequest) -> HttpResponse:
    """Show the form, or begin a pause with what it holds."""
    if request.method == "POST":
        # Whatever the form holds: a refused attempt is on record.
        actions.permit_pause(actor(request), tag=request.POST.get("tag", ""))
    viewer = let_in(request)
    tags = queries.tags(viewer.actor)
    form = PauseForm(tags, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = actions.pause(actor(request), **form.cleaned_data)
        except Forbidden:
            raise
        except Refused as error:
            form.add_error(None, str(error))
        else:
            return done(request, _("It begins now."), {"pause": made.sentence()})
    require(request, NEEDED)
    context = {"form": form, "back": page_before(request)}
    page = framed(request, "pause", viewer, context)
    status = 400 if form.errors else 200
    return render(request, "cronmgmt/pause.html", page, status=status)


@require_POST
@for_members()
def end(request: HttpRequest) -> HttpResponse:
    """End the pause of everything, or of the tag that is named."""
    body = read_body(request, "tag", "reason")
    tag, reason = str(body.get("tag") or ""), str(body.get("reason") or "")
    ended = actions.end_pause(actor(request), tag=tag, reason=reason)
    message = _("The pause is over; the jobs go on with their next time.")
    return done(request, message, {"pause": ended.sentence()})
