"""Run again, or cancel, some runs or all that match a filter, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from cronmgmt import clock, queries
from cronmgmt.dashboard.access import actor, for_members, require
from cronmgmt.dashboard.filtering import Filters
from cronmgmt.dashboard.frame import framed, let_in
from cronmgmt.dashboard.lookup import number
from cronmgmt.dashboard.rows import Viewer
from cronmgmt.dashboard.speaking import page_before
from cronmgmt.engine import actions
from cronmgmt.engine.actions import Several
from cronmgmt.models import UNFINISHED, JobRun, Status, database
from cronmgmt.queries import RunFilter

MOST = 100
"""So many runs at most are acted upon in one request."""

REASON = 500
FINISHED = tuple(status for status in Status if status not in UNFINISHED)

Verb = Callable[..., Several]
VERBS: dict[str, tuple[Verb, str, tuple[str, ...], Any]] = {
    "rerun": (
        actions.rerun_all,
        "rerun_jobrun",
        FINISHED,
        gettext_lazy("Run again"),
    ),
    "cancel": (
        actions.cancel_runs,
        "cancel_jobrun",
        UNFINISHED,
        gettext_lazy("Cancel"),
    ),
}
"""What each does, the permission it needs, the runs that it is for, what it is called."""


@require_POST
@for_members()
def several(request: HttpRequest) -> HttpResponse:
    """Act on the runs that are ticked."""
    verb = request.POST.get("verb", "")
    keys = request.POST.getlist("run")
    if verb not in VERBS:
        raise BadRequest(_("Choose what to do with the runs."))
    if not keys:
        raise BadRequest(_("Choose at least one run."))
    if len(keys) > MOST:
        raise BadRequest(_("Choose at most %(most)d runs.") % {"most": MOST})
    wanted = [_key(each) for each in keys]
    runs = queries.runs_of(wanted, actor(request))
    unseen = set(wanted) - {run.execution_id for run in runs}
    actions.refuse_unseen(verb, unseen, actor(request))
    viewer = let_in(request)
    outcome = _act(request, verb, runs)
    return _told(request, viewer, verb, outcome, {})


@require_http_methods(["GET", "HEAD", "POST"])
@for_members()
def all_that_match(request: HttpRequest, verb: str) -> HttpResponse:
    """Say how many match; or act on the next batch of them."""
    if request.method == "POST":
        actions.permit_several(verb, actor(request))
    viewer = let_in(request)
    require(request, VERBS[verb][1])
    asked = _asked(request, viewer, verb)
    if request.method != "POST":
        tally = queries.tally(asked, viewer.actor)
        return _page(request, viewer, verb, {"tally": tally, "reason_length": REASON})
    low, high = _posted(request, "low"), _posted(request, "high")
    found = queries.batch(asked, low, high, MOST, viewer.actor)
    outcome = _act(request, verb, found.runs)
    left = {"low": low, "high": found.older - 1} if found.older else {}
    return _told(request, viewer, verb, outcome, left)


def _asked(request: HttpRequest, viewer: Viewer, verb: str) -> RunFilter:
    """Return what is looked for, of the runs that the verb is for."""
    form = Filters(request.GET)
    if not form.is_valid() or not form.kept():
        raise BadRequest(
            _("Choose which runs: by their state, their job, their time, say.")
        )
    asked = form.asked(clock.now(database()), reads_errors=viewer.errors)
    fitting = VERBS[verb][2]
    states = tuple(each for each in asked.states or fitting if each in fitting)
    if not states:
        raise BadRequest(_("That cannot be done with runs in this state."))
    return replace(asked, states=states)


def _act(request: HttpRequest, verb: str, runs: Iterable[JobRun]) -> Several:
    reason = request.POST.get("reason", "")[:REASON]
    return VERBS[verb][0](runs, actor(request), reason=reason)


def _told(
    request: HttpRequest,
    viewer: Viewer,
    verb: str,
    outcome: Several,
    left: dict[str, int],
) -> HttpResponse:
    """Say what was done and what was refused, and go on if there is more."""
    done = _counted(request, "done") + len(outcome.done)
    refused = _counted(request, "refused") + len(outcome.refused)
    context = {
        "outcome": outcome,
        "done": done,
        "refused": refused,
        "left": left,
        "reason": request.POST.get("reason", "")[:REASON],
    }
    return _page(request, viewer, verb, context)


def _page(
    request: HttpRequest, viewer: Viewer, verb: str, context: dict[str, Any]
) -> HttpResponse:
    query = Filters(request.GET).kept()
    runs = reverse("cronmgmt:runs")
    back = f"{runs}?{query}" if query else page_before(request, runs)
    context |= {"verb": verb, "label": str(VERBS[verb][3]), "back": back}
    return render(
        request, "cronmgmt/several.html", framed(request, "several", viewer, context)
    )


def _posted(request: HttpRequest, name: str) -> int:
    found = number(request.POST.get(name, ""))
    return found or 0


def _counted(request: HttpRequest, name: str) -> int:
    return number(request.POST.get(name)) or 0


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadRequest(f"{text[:40]!r} is not an execution id.") from None
