"""Several jobs at once: trigger them, switch them off or on, each by its own verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cronmgmt.dashboard.access import actor, for_members, require
from cronmgmt.dashboard.forms import SwitchOff
from cronmgmt.dashboard.frame import framed, let_in
from cronmgmt.dashboard.refusals import EXPECTED, sentence
from cronmgmt.dashboard.speaking import done, page_before, wants_json
from cronmgmt.engine import actions

MOST = 500
"""So many jobs at most are acted on by one request."""

Verb = Callable[..., object]
VERBS: dict[str, Verb] = {
    "trigger": actions.trigger,
    "off": actions.switch_off,
    "on": actions.switch_on,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A job with which it was not done, and why."""

    name: str
    why: str


@require_http_methods(["GET", "HEAD", "POST"])
@for_members()
def bulk(request: HttpRequest) -> HttpResponse:
    """Do it with each of the jobs that are named; ``off`` asks for its reason first."""
    asked = request.POST if request.method == "POST" else request.GET
    names = list(dict.fromkeys(asked.getlist("job")))
    action = asked.get("action", "")
    if action not in VERBS or not 0 < len(names) <= MOST:
        raise BadRequest(
            _("Select 1 to %(most)d jobs, and what to do with them.") % {"most": MOST}
        )
    if action == "off":
        return _off(request, names)
    if request.method != "POST":
        raise BadRequest(_("That is done by a button, not by a link."))
    return _do(request, action, names, {"reason": _why(request)})


def _off(request: HttpRequest, names: list[str]) -> HttpResponse:
    is_filled = request.method == "POST" and "reason" in request.POST
    form = SwitchOff(
        request.POST if is_filled else None, initial={"reason": _why(request)}
    )
    if is_filled and form.is_valid():
        return _do(request, "off", names, form.cleaned_data)
    viewer = let_in(request)
    require(request, "switch_scheduledjob")
    context = {"form": form, "names": names, "back": page_before(request)}
    return render(
        request,
        "cronmgmt/switch_off.html",
        framed(request, "bulk", viewer, context),
        status=400 if form.errors else 200,
    )


def _why(request: HttpRequest) -> str:
    """Return the reason typed beside the buttons."""
    return request.POST.get("why", "").strip()[:500]


def _do(
    request: HttpRequest, action: str, names: list[str], values: dict[str, Any]
) -> HttpResponse:
    who, made, refused = actor(request), [], []
    for name in names:
        try:
            VERBS[action](name, who, **values)
        except EXPECTED as error:
            refused.append(Refusal(name, sentence(error)))
        else:
            made.append(name)
    if not refused:
        return done(request, _message(action, len(made)), {"done": made, "refused": {}})
    return _report(request, action, made, refused)


def _report(
    request: HttpRequest, action: str, made: list[str], refused: list[Refusal]
) -> HttpResponse:
    status = 200 if made else 409
    if wants_json(request):
        facts = {"done": made, "refused": {each.name: each.why for each in refused}}
        return JsonResponse(facts, status=status)
    context = {
        "message": _message(action, len(made)) if made else "",
        "refused": refused,
        "back": page_before(request),
    }
    viewer = let_in(request)
    page = framed(request, "bulk", viewer, context)
    return render(request, "cronmgmt/bulk.html", page, status=status)


def _message(action: str, count: int) -> str:
    texts = {
        "trigger": ngettext("%(n)d job is queued.", "%(n)d jobs are queued.", count),
        "off": ngettext(
            "%(n)d job is switched off.", "%(n)d jobs are switched off.", count
        ),
        "on": ngettext(
            "%(n)d job is switched on.", "%(n)d jobs are switched on.", count
        ),
    }
    return texts[action] % {"n": count}
