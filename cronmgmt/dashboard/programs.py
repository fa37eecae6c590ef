"""What programs ask: the status of all jobs, and whether the site is up."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connections, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cronmgmt import queries
from cronmgmt.dashboard.access import actor, for_members, may, require
from cronmgmt.dashboard.speaking import JSON


@require_safe
@for_members(speaks=JSON)
def status(request: HttpRequest) -> HttpResponse:
    require(request, "view_scheduledjob")
    allowed = may(request, "view_error_jobrun")
    found = [queries.job_as_json(state) for state in queries.jobs(actor(request))]
    for each in found:
        error = queries.shown_error(each["error"] or "", allowed=allowed)
        each["error"] = error or None
    return JsonResponse({"jobs": found})


@require_safe
@never_cache
@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """Tell anyone that the site is up, and nothing else."""
    try:
        queries.is_reachable()
    except Error:
        return JsonResponse({"status": "unavailable"}, status=503)
    return JsonResponse({"status": "ok"})


# A site with ATOMIC_REQUESTS would answer 500 for a database that is down.
for _alias in connections:
    health = transaction.non_atomic_requests(_alias)(health)
