"""``show``: one job, all of it: when, what, by which rules, and how it went."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TextIO

from cronmgmt import queries
from cronmgmt.engine.overrides import provenance
from cronmgmt.engine.portable.entries import entry_of
from cronmgmt.engine.portable.values import to_plain
from cronmgmt.management.verbs.options import add_json, print_json
from cronmgmt.management.verbs.tables import print_table, shown
from cronmgmt.models import JobRun, ScheduledJob

HELP = "show a job: its fields, its next and last runs, what people changed"
COMING = 5
LATEST = 5
TARGETS = ["TARGET", "STATUS", "SECONDS", "SUCCEEDED"]


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("name")
    add_json(parser)


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    state = queries.job(options["name"])
    coming = queries.preview(state.job, COMING)
    latest = queries.history_page(state.job, size=LATEST).runs
    facts = {
        **queries.job_as_json(state),
        "schedule": coming.words,
        "fields": entry_of(state.job),
        "changed": _changed(state.job),
        "next": [moment.isoformat() for moment in coming.moments],
        "latest": [_result(run) for run in latest],
        "targets": [_target(each) for each in queries.target_records_of(state.job)],
    }
    if options["json"]:
        print_json(out, facts)
    else:
        _print(out, facts, coming.moments, latest)


def _result(run: JobRun) -> dict[str, Any]:
    return {
        "executionId": str(run.execution_id),
        "status": run.status,
        "startedAt": to_plain(run.started_at),
        "duration": None if run.duration is None else round(run.duration, 3),
        "error": run.error_message or None,
    }


def _target(record: queries.TargetRecord) -> dict[str, Any]:
    return {
        "target": record.target,
        "status": record.latest.status,
        "startedAt": to_plain(record.latest.started_at),
        "duration": round(record.latest.duration, 3),
        "runs": record.runs,
        "succeeded": record.succeeded,
    }


def _changed(job: ScheduledJob) -> dict[str, Any]:
    """Return what people changed of what the code declares."""
    return {
        each.column: {
            "value": to_plain(each.value),
            "declared": to_plain(each.declared),
            "by": each.by or None,
            "at": each.at or None,
        }
        for each in provenance(job)
        if each.source == "person"
    }


def _print(
    out: TextIO,
    facts: dict[str, Any],
    coming: Sequence[datetime],
    latest: Sequence[JobRun],
) -> None:
    out.write(f"{facts['name']}: {facts['status']}, {facts['state']}\n")
    out.write(f"{facts['schedule']}\n\n")
    for name, value in facts["fields"].items():
        out.write(f"{name}: {value}\n")
    for name, change in facts["changed"].items():
        by = f" by {change['by']}" if change["by"] else ""
        out.write(f"{name} was changed{by}; the code says {change['declared']}\n")
    if coming:
        out.write("\nNext: " + "\n      ".join(map(shown, coming)) + "\n")
    if latest:
        out.write("\n")
        print_table(out, ["RUN", "STATUS", "STARTED", "SECONDS"], map(_row, latest))
        errors = [run.error_message for run in latest if run.error_message]
        if errors:
            out.write(f"\nThe latest error: {errors[0]}\n")
    if facts["targets"]:
        out.write("\n")
        print_table(out, TARGETS, map(_target_row, facts["targets"]))


def _target_row(told: dict[str, Any]) -> list[object]:
    share = f"{told['succeeded']} of {told['runs']}"
    return [told["target"], told["status"], told["duration"], share]


def _row(run: JobRun) -> list[object]:
    """Return what fits into 80 columns with the whole id, which other verbs take."""
    told = _result(run)
    return [told["executionId"], run.status, run.started_at, told["duration"]]
