"""``backfill``: queue what a job missed in a stretch of the past."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from typing import Any, TextIO

from django.core.management.base import CommandError

from cronmgmt import queries
from cronmgmt.engine import actions
from cronmgmt.engine.actions import Pace
from cronmgmt.engine.backfilling import Backfill
from cronmgmt.management.verbs.options import (
    add_json,
    add_params,
    add_reason,
    end_of,
    given_params,
    moment,
    print_json,
    shell_actor,
)
from cronmgmt.management.verbs.terminal import Bar

HELP = "queue a run for each occurrence in a stretch of the past that did not succeed"
LOOK = 0.5
"""Seconds between two looks at how far it is."""

LEFT_OUT = {
    "succeeded": "succeeded already",
    "unfinished": "under way",
    "undecided": "due, and the scheduler's to decide about",
}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("name")
    parser.add_argument("--from", type=moment, required=True, dest="first")
    parser.add_argument(
        "--to", type=end_of, required=True, dest="last", help="a date means all of it"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what it would")
    parser.add_argument("--at-a-time", type=int, default=1, metavar="N")
    parser.add_argument("--per-minute", type=int, metavar="N")
    parser.add_argument("--again", action="store_true", help="what succeeded as well")
    parser.add_argument("--wait", action="store_true", help="until all of it has ended")
    add_params(parser)
    add_reason(parser)
    add_json(parser)


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    stretch = (options["name"], options["first"], options["last"])
    if options["dry_run"]:
        plan = actions.preview_backfill(*stretch, again=options["again"])
    else:
        plan = actions.backfill(
            *stretch,
            shell_actor(),
            pace=Pace(options["at_a_time"], options["per_minute"]),
            params=given_params(options) or None,
            again=options["again"],
            reason=options["reason"],
        )
    told = {**plan.as_json(), "dryRun": options["dry_run"]}
    if not options["json"]:
        _say(out, told)
    if options["wait"]:
        told["ended"] = _follow(plan)
    if options["json"]:
        print_json(out, told)
    _refuse_failures(told)


def _say(out: TextIO, told: dict[str, Any]) -> None:
    done = "would be queued" if told["dryRun"] else "queued"
    stretch = f", from {told['first']} to {told['last']}" if told["count"] else ""
    out.write(f"{told['name']}: {told['count']} runs {done}{stretch}\n")
    for what, why in LEFT_OUT.items():
        if told[what]:
            out.write(f"{told[what]} left out: {why}\n")


def _follow(plan: Backfill) -> dict[str, int]:
    """Wait until every run has ended; return how many ended how."""
    bar = Bar(sys.stderr)
    keys = [run.execution_id for run in plan.runs]
    while True:
        ended = queries.endings(keys)
        count = sum(ended.values())
        told = ", ".join(f"{number} {status}" for status, number in ended.items())
        bar.show(count, len(keys), told)
        if count >= len(keys):
            bar.clear()
            return ended
        time.sleep(LOOK)


def _refuse_failures(told: dict[str, Any]) -> None:
    ended = told.get("ended", {})
    failed = {status: count for status, count in ended.items() if status != "succeeded"}
    if failed:
        counts = ", ".join(f"{count} {status}" for status, count in failed.items())
        raise CommandError(f"{told['name']}: {counts}.")
