"""The page of a job: how it does, what it did and did not do, and when it is next."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import get_current_timezone_name
from django.views.decorators.http import require_safe

from cronmgmt import ledger, queries
from cronmgmt.dashboard.access import for_members
from cronmgmt.dashboard.charts import duration_chart
from cronmgmt.dashboard.forms import Asking, SwitchOff
from cronmgmt.dashboard.frame import let_in, show
from cronmgmt.dashboard.lookup import number
from cronmgmt.dashboard.pauselines import pause_lines
from cronmgmt.dashboard.rows import (
    JobRow,
    RunRow,
    Viewer,
    answer_text,
    parameter_pairs,
    seconds_to_next_look,
)
from cronmgmt.dashboard.targetlines import target_lines
from cronmgmt.models import Activity, JobRun, ScheduledJob, Status
from cronmgmt.queries import JobState, Occurrence

ICONS = {"running": "busy", "error": "bad"}
"""What a browser's tab shows of a job's status."""

LISTED = 25
"""So many runs are listed at a time, with the gaps among them."""

RECORDS = 8
"""So much of a job's activity is on its page."""


@require_safe
@for_members()
def job(request: HttpRequest, name: str) -> HttpResponse:
    viewer = let_in(request)
    before = number(request.GET.get("before"))
    state = queries.job(name, viewer.actor)
    now = state.job.clock_read
    latest = queries.latest_runs(state.job) if before is None else None
    found = queries.occurrences(state.job, before, LISTED, latest)
    context = {
        "now": now,
        "row": JobRow(state, viewer),
        "pauses": pause_lines(
            [each for each in queries.pauses(now) if each.covers(state.job)],
            now,
            viewer,
        ),
        "occurrences": [(each, _run_row(each, viewer)) for each in found.rows],
        "older": found.older,
        "before": before,
        "form": SwitchOff(),
        **_answer(request, state.job, viewer),
        **(_today(state, viewer, now, latest) if latest is not None else {}),
        "seconds": seconds_to_next_look([state], now) if before is None else None,
        "page_icon": ICONS.get(state.status, ""),
    }
    return show(request, "job", viewer, context)


def _run_row(occurrence: Occurrence, viewer: Viewer) -> RunRow | None:
    return RunRow(occurrence.run, viewer) if occurrence.run else None


def _today(
    state: JobState, viewer: Viewer, now: datetime, latest: list[JobRun]
) -> dict[str, Any]:
    """Return what is on the first page only."""
    job = state.job
    statistics = queries.statistics(job, latest)
    preview = queries.preview(job, now=now)
    return {
        "statistics": statistics,
        **target_lines(queries.target_records(latest)),
        "chart": duration_chart(statistics, job.expected_duration),
        "preview": preview,
        "going": _going(state, now),
        "other_zone": job.timezone != get_current_timezone_name(),
        "notes": preview.changes,
        "policies": queries.policies(job),
        "params": parameter_pairs(job.handler, job.params),
        "changes": _changes(job),
        "records": [
            Record(
                each,
                queries.shown_record(each, allowed=viewer.errors),
                _differences(each),
            )
            for each in queries.activity(job, viewer.actor, RECORDS)
        ],
    }


def _going(state: JobState, now: datetime) -> queries.Going | None:
    """Return the run that is under way, or that will start by its share of jitter."""
    run = state.current
    if run is None:
        return None
    is_spread = run.status == Status.QUEUED and run.scheduled_for is not None
    waits = is_spread and bool(state.job.jitter) and run.available_at > now
    is_shown = waits or run.status == Status.RUNNING
    return queries.going(run, state.job, now) if is_shown else None


@dataclass(frozen=True, slots=True)
class Record:
    """Something done or tried, and what changed by it."""

    activity: Activity
    reason: str
    changes: list[str]


def _differences(activity: Activity) -> list[str]:
    """Say field by field what became of what; secrets stay out of sight."""
    before, after = activity.before, activity.after
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    names = sorted(before.keys() | after.keys())
    was, now = queries.shown_parameters("", before), queries.shown_parameters("", after)
    return [
        f"{name.replace('_', ' ')}: {_value(was.get(name))} → {_value(now.get(name))}"
        for name in names
        if before.get(name) != after.get(name)
    ]


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"{text[:200]}…" if len(text) > 200 else text or "–"


def _changes(job: ScheduledJob) -> list[dict[str, str]]:
    """Return which fields a person changed from what the code declares."""
    overrides = job.overrides if isinstance(job.overrides, dict) else {}
    return [
        {
            "field": str(name).replace("_", " "),
            "by": str(each.get("by", "")) if isinstance(each, dict) else "",
            "at": str(each.get("at", ""))[:16].replace("T", " ")
            if isinstance(each, dict)
            else "",
        }
        for name, each in sorted(overrides.items())
    ]


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
