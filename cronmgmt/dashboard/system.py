"""What keeps the jobs going: is the scheduler alive, who works on what, what waits."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cronmgmt import clock, queries
from cronmgmt.dashboard.access import for_members, require
from cronmgmt.dashboard.frame import let_in, show
from cronmgmt.dashboard.pauselines import pause_lines
from cronmgmt.dashboard.rows import QUICK
from cronmgmt.models import database

TROUBLES = {
    "disabled": _("Nothing runs here: CRONMGMT['ENABLED'] is False."),
    "no-node": _(
        "No node was seen within the last minute, so nothing runs: start manage.py "
        "qcluster."
    ),
    "only-ticks": _("Only ticks keep this going: starts may be a minute late."),
    "no-scheduler": _("No node schedules: only work that is queued already runs."),
    "silent-node": _("A node has fallen silent without saying that it stops."),
    "silent-worker": _(
        "A worker has fallen silent while it held a run; another one takes it over."
    ),
    "versions": _("Not all nodes run the same version: finish the deploy."),
}
GRAVE = frozenset({"disabled", "no-node", "no-scheduler"})
STATES = {"alive": _("alive"), "silent": _("silent"), "stopped": _("stopped")}


@require_safe
@for_members()
def system(request: HttpRequest) -> HttpResponse:
    """Show the nodes, what workers hold, and what waits."""
    viewer = let_in(request)
    require(request, "view_node")
    now = clock.now(database())
    found = queries.machinery(now, viewer.actor)
    grave = bool(GRAVE.intersection(found.troubles))
    context = {
        "now": now,
        "troubles": [(key in GRAVE, TROUBLES[key]) for key in found.troubles],
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
