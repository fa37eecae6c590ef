"""The page of a run: its life, what came out, and a log that grows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from cronmgmt import clock, queries
from cronmgmt.dashboard.access import for_members
from cronmgmt.dashboard.charts import life_line
from cronmgmt.dashboard.forms import Because
from cronmgmt.dashboard.frame import let_in, show
from cronmgmt.dashboard.lookup import number, run_or_404
from cronmgmt.dashboard.navigation import AGAIN
from cronmgmt.dashboard.rows import RunRow, parameter_pairs
from cronmgmt.dashboard.targetlines import target_rows
from cronmgmt.models import JobRun, Status, database

LOOK_EVERY = 2
"""Seconds between two looks at a run that is under way."""


@require_safe
@for_members()
def run(request: HttpRequest, execution_id: UUID) -> HttpResponse:
    viewer = let_in(request)
    found = run_or_404(execution_id, viewer.actor)
    now = clock.now(database())
    attempts = list(found.attempts.order_by("id"))
    context = {
        "now": now,
        "row": RunRow(found, viewer),
        "params": parameter_pairs(found.handler, found.params),
        "steps": list(queries.steps(found, attempts, allowed=viewer.errors)),
        "line": life_line(queries.stretches(found, attempts, now)),
        "progress": progress(found, now),
        **target_rows(queries.target_results(found), viewer),
        "repeats": queries.repeats(found),
        # Who looks again has it already, and asks for what came since.
        "log": None if AGAIN in request.GET else queries.log_end(found),
        "because": Because(),
        "seconds": None if found.is_finished else LOOK_EVERY,
        **_title(found),
    }
    return show(request, "run", viewer, context)


@require_safe
@for_members()
def log(request: HttpRequest, execution_id: UUID) -> HttpResponse:
    """Answer with all of the log as text, or as JSON with what came since a piece."""
    viewer = let_in(request)
    found = run_or_404(execution_id, viewer.actor)
    last = number(request.GET.get("after"))
    if last is not None:
        part = queries.log_since(found, last)
        ended = found.is_finished and not part.is_cut
        return JsonResponse({"text": part.text, "last": part.last, "ended": ended})
    headers = {"X-Content-Type-Options": "nosniff"}
    return HttpResponse(
        queries.log_text(found), "text/plain; charset=utf-8", headers=headers
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; ``rate`` is per second, ``left`` until it is done."""

    done: int
    total: int | None
    percent: int | None
    rate: float | None
    left: timedelta | None


def progress(run: JobRun, now: datetime) -> Progress | None:
    """Return how far a run is, None of one that does not tell."""
    done, total = run.progress_done, run.progress_total
    if done is None:
        return None
    elapsed = ((run.finished_at or now) - run.started_at) if run.started_at else None
    seconds = elapsed.total_seconds() if elapsed else 0.0
    rate = done / seconds if seconds > 0 and done > 0 else None
    percent = min(round(100 * done / total), 100) if total and total > 0 else None
    left = None
    if rate and total and done < total and run.status == Status.RUNNING:
        left = timedelta(seconds=min((total - done) / rate, 10**8))
    return Progress(done, total, percent, rate, left)


def _title(run: JobRun) -> dict[str, Any]:
    title = f"{run.get_status_display()}: {run.job_name} {run.pk}"
    icons = {Status.RUNNING: "busy", Status.CLAIMED: "busy"}
    bad = run.status in (Status.FAILED, Status.TIMED_OUT, Status.LOST)
    return {
        "page_title": title,
        "page_icon": "bad" if bad else icons.get(Status(run.status), ""),
    }
