"""What people look at: the jobs, a job with its runs, a run."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cronmgmt import clock, ledger, queries
from cronmgmt.dashboard.access import for_members
from cronmgmt.dashboard.forms import Asking, SwitchOff
from cronmgmt.dashboard.frame import framed, let_in
from cronmgmt.dashboard.lookup import run_or_404
from cronmgmt.dashboard.rows import (
    QUICK,
    JobRow,
    RunRow,
    Viewer,
    answer_text,
    attempt_reason,
    seconds_to_next_look,
)
from cronmgmt.models import ScheduledJob, database

LOG_SHOWN = 100_000
"""So many of a log's last characters are on a run's page; the rest is a link away."""


@require_safe
@for_members()
def jobs(request: HttpRequest) -> HttpResponse:
    viewer = let_in(request)
    now = clock.now(database())
    states = queries.jobs()
    context = {
        "now": now,
        "rows": [JobRow(state, viewer) for state in states],
        "pauses": queries.pauses(),
        "seconds": seconds_to_next_look(states, now),
    }
    return show(request, "jobs", viewer, context)


@require_safe
@for_members()
def job(request: HttpRequest, name: str) -> HttpResponse:
    viewer = let_in(request)
    now = clock.now(database())
    before = _number(request.GET.get("before"))
    state = queries.job(name)
    history = queries.history_page(state.job, before)
    context = {
        "now": now,
        "row": JobRow(state, viewer),
        "pauses": [each for each in queries.pauses() if each.covers(state.job)],
        "runs": [RunRow(run, viewer) for run in history.runs],
        "older": history.older,
        "before": before,
        "gaps": queries.gaps(state.job) if before is None else [],
        "form": SwitchOff(),
        **_answer(request, state.job, viewer),
        "seconds": seconds_to_next_look([state], now) if before is None else None,
    }
    return show(request, "job", viewer, context)


def _answer(request: HttpRequest, job: ScheduledJob, viewer: Viewer) -> dict[str, Any]:
    """Return what became of the time that was asked about, if one was."""
    asking = Asking(request.GET if "at" in request.GET else None)
    if not asking.is_valid():
        return {"asking": asking}
    answer = ledger.why(job, asking.cleaned_data["at"])
    return {
        "asking": asking,
        "answer": answer,
        "answer_text": answer_text(answer, viewer),
    }


@require_safe
@for_members()
def run(request: HttpRequest, execution_id: UUID) -> HttpResponse:
    viewer = let_in(request)
    found = run_or_404(execution_id)
    log = queries.log_text(found)
    attempts = found.attempts.order_by("id")
    context = {
        "now": clock.now(database()),
        "row": RunRow(found, viewer),
        "log": log[-LOG_SHOWN:],
        "log_is_cut": len(log) > LOG_SHOWN,
        "attempts": [(each, attempt_reason(each, viewer)) for each in attempts],
        "seconds": None if found.is_finished else QUICK,
    }
    return show(request, "run", viewer, context)


@require_safe
@for_members()
def log(request: HttpRequest, execution_id: UUID) -> HttpResponse:
    let_in(request)
    text = queries.log_text(run_or_404(execution_id))
    headers = {"X-Content-Type-Options": "nosniff"}
    return HttpResponse(text, "text/plain; charset=utf-8", headers=headers)


def show(
    request: HttpRequest, page: str, viewer: Viewer, context: dict[str, Any]
) -> HttpResponse:
    """Answer with a page, or with the part of it that is looked at again."""
    part = "/_live" if "live" in request.GET else ""
    template = f"cronmgmt/{page}{part}.html"
    return render(request, template, framed(request, page, viewer, context))


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise BadRequest(f"{text[:40]!r} is not a number.")
    return int(text)
