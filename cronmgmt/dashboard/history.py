"""The page of the runs of all jobs, and the same as CSV or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cronmgmt import clock, queries
from cronmgmt.dashboard.access import for_members
from cronmgmt.dashboard.filtering import PRESETS, Filters
from cronmgmt.dashboard.frame import let_in, show
from cronmgmt.dashboard.lookup import number
from cronmgmt.dashboard.rows import QUICK, SLOW, RunRow, Viewer
from cronmgmt.exports import csv_response, json_response
from cronmgmt.models import JobRun, database
from cronmgmt.queries import Found, RunFilter

KNOWN = 200
"""So many names at most are offered while somebody types."""


@require_safe
@for_members()
def runs(request: HttpRequest) -> HttpResponse:
    viewer = let_in(request)
    now = clock.now(database())
    before = number(request.GET.get("before"))
    form = Filters(request.GET)
    asked, found = RunFilter(), Found([], None)
    if form.is_valid():
        asked = form.asked(now, reads_errors=viewer.errors)
        found = queries.find_runs(
            asked, before, actor=viewer.actor, columns=queries.LISTED
        )
    rows = [RunRow(run, viewer) for run in found.runs]
    context = {
        "now": now,
        "filters": form,
        "filtered": form.kept(),
        "presets": list(_presets(form, viewer, now)),
        "rows": rows,
        "may_rerun": any(row.can_rerun for row in rows),
        "may_cancel": any(row.can_cancel for row in rows),
        "seconds": _seconds(found) if before is None else None,
        **_paging(form, found, before),
        "known_jobs": [] if asked.job else queries.job_names(KNOWN, viewer.actor),
    }
    response = show(request, "runs", viewer, context)
    response.status_code = 400 if form.errors else response.status_code
    return response


def _presets(form: Filters, viewer: Viewer, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield the presets as chips; the others filters stay as they are."""
    counts: dict[str, int | None] = {}
    if not (form.data.get("since") or form.data.get("until")):
        # To look for a time costs questions enough.
        waiting = queries.pending(now - queries.STUCK_AFTER, viewer.actor)
        counts = {"running": waiting.running, "stuck": waiting.stuck}
    icons = {"running": "running", "stuck": "stuck", "failed": "failed"}
    chosen = form.data.get("show", "")
    yield {
        "url": f"?{form.kept(show='')}",
        "label": _("All"),
        "chosen": not chosen,
        "count": None,
        "state": "",
    }
    for name, label in PRESETS.items():
        yield {
            "url": f"?{form.kept(show=name, state='')}",
            "label": str(label),
            "chosen": name == chosen,
            "count": counts.get(name),
            "state": icons[name],
        }


def _paging(form: Filters, found: Found, before: int | None) -> dict[str, Any]:
    older = f"?{form.kept(before=str(found.older))}" if found.older else ""
    newest = f"?{form.kept()}" if before is not None else ""
    return {"older": older, "newest": newest, "unsearched": found.unsearched}


def _seconds(found: Found) -> int:
    return QUICK if any(not run.is_finished for run in found.runs) else SLOW


# What is filtered, for programs.


@require_safe
@for_members()
def as_csv(request: HttpRequest) -> HttpResponseBase:
    viewer = let_in(request)
    return csv_response("runs.csv", COLUMNS, _lines(_asked(request, viewer), viewer))


@require_safe
@for_members()
def as_json(request: HttpRequest) -> HttpResponseBase:
    viewer = let_in(request)
    rows = _lines(_asked(request, viewer), viewer)
    return json_response("runs.json", "runs", COLUMNS, rows)


COLUMNS = (
    "executionId",
    "job",
    "handler",
    "status",
    "origin",
    "requestedBy",
    "scheduledFor",
    "intendedFor",
    "createdAt",
    "startedAt",
    "finishedAt",
    "duration",
    "attempt",
    "worker",
    "itemsProcessed",
    "reason",
    "error",
)


def _asked(request: HttpRequest, viewer: Viewer) -> RunFilter:
    form = Filters(request.GET)
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise BadRequest(f"{form.fields[field].label}: {errors[0]}")
    return form.asked(clock.now(database()), reads_errors=viewer.errors)


def _lines(asked: RunFilter, viewer: Viewer) -> Iterator[list[Any]]:
    for piece in queries.find_all_runs(asked, actor=viewer.actor):
        for run in piece:
            yield _line(run, viewer)


def _line(run: JobRun, viewer: Viewer) -> list[Any]:
    moments = (
        run.scheduled_for,
        run.intended_for,
        run.created_at,
        run.started_at,
        run.finished_at,
    )
    return [
        str(run.execution_id),
        run.job_name,
        run.handler,
        run.status,
        run.origin,
        run.requested_by,
        *moments,
        run.duration,
        run.attempt,
        run.worker,
        run.items_processed,
        queries.shown_reason(run, allowed=viewer.errors),
        queries.shown_error(run.error_message, allowed=viewer.errors),
    ]
