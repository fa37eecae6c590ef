"""What keeps the jobs going: is the scheduler alive, who works on what, what waits."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cronmgmt import clock, doctor, queries
from cronmgmt.dashboard.access import for_members, require
from cronmgmt.dashboard.frame import let_in, show
from cronmgmt.dashboard.pauselines import pause_lines
from cronmgmt.dashboard.rows import QUICK
from cronmgmt.models import database

STATES = {"alive": _("alive"), "silent": _("silent"), "stopped": _("stopped")}


@require_safe
@for_members()
def system(request: HttpRequest) -> HttpResponse:
    """Show the nodes, what workers hold, and what waits."""
    viewer = let_in(request)
    require(request, "view_node")
    now = clock.now(database())
    found = queries.machinery(now, viewer.actor)
    is_all = not viewer.actor.has_limits
    findings = list(doctor.of_machinery(found, now, is_all=is_all))
    grave = doctor.worst(findings) == doctor.Level.ERROR
    context = {
        "now": now,
        "findings": [each for each in findings if each.level != doctor.Level.OK],
        "nodes": [(each, STATES[each.state]) for each in found.nodes],
        "schedules": any(each.schedules for each in found.nodes),
        "alive": sum(each.state == "alive" for each in found.nodes),
        "workers": found.workers,
        "held": found.held,
        "waiting": found.waiting,
        "backlog": sum(each.count for each in found.waiting),
        "parked": found.parked,
        "versions": queries.versions(),
        "pauses": pause_lines(queries.pauses(now), now, viewer),
        "page_icon": "bad" if grave else "busy" if found.held else "",
        "seconds": QUICK,
    }
    return show(request, "system", viewer, context)


@require_safe
@for_members()
def examination(request: HttpRequest) -> HttpResponse:
    """Show what keeps scheduled work from running; it is looked at once, and all of it."""
    viewer = let_in(request)
    require(request, "view_node")
    findings = doctor.examine(viewer.actor)
    worst = doctor.worst(findings)
    context = {
        "now": clock.now(database()),
        "findings": [each for each in findings if each.level != doctor.Level.OK],
        "well": [each for each in findings if each.level == doctor.Level.OK],
        "page_icon": "bad" if worst == doctor.Level.ERROR else "",
    }
    return show(request, "doctor", viewer, context)
