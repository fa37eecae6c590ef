"""``prune``: delete what is past its retention, now instead of within the hour."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from cronmgmt.engine import retention
from cronmgmt.engine.retention import WITHOUT_JOB, Pruning
from cronmgmt.management.verbs.options import add_json, print_json
from cronmgmt.management.verbs.tables import print_table

HELP = "delete what is past its retention"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument(
        "--dry-run", action="store_true", help="only show what would be deleted"
    )
    add_json(parser)


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    dry_run = options["dry_run"]
    pruning = retention.prune(dry_run=dry_run)
    if options["json"]:
        print_json(out, _as_json(pruning, dry_run=dry_run))
        return
    rows = [
        (name or "(no job)", number, pruning.failures[name])
        for name, number in sorted(pruning.runs.items())
        if number
    ]
    if dry_run and rows:
        print_table(out, ("job", "runs", "failed"), rows)
    rest = "".join(f", {n} {what}" for what, n in pruning.rest.items() if n)
    done = "would be deleted" if dry_run else "deleted"
    out.write(f"{pruning.runs.total()} runs{rest} {done}\n")


def _as_json(pruning: Pruning, *, dry_run: bool) -> dict[str, Any]:
    by_name = {name: number for name, number in pruning.runs.items() if number}
    return {
        "deleted": pruning.runs.total(),
        "dryRun": dry_run,
        "withoutJob": by_name.pop(WITHOUT_JOB, 0),
        "runs": by_name,
        "failures": pruning.failures.total(),
        "rest": dict(pruning.rest),
    }
