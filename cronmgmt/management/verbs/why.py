"""``why``: what became of an occurrence, and why."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from cronmgmt import clock, ledger, queries
from cronmgmt.management.verbs.options import moment, print_json
from cronmgmt.models import database

HELP = "say what became of the occurrence at or nearest to a time"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("name")
    parser.add_argument("--at", type=moment, help="the time; without it, now")
    parser.add_argument("--json", action="store_true", help="print JSON")


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    job = queries.job(options["name"]).job
    answer = ledger.why(job, options["at"] or clock.now(database()))
    if options["json"]:
        print_json(out, answer.as_json())
        return
    when = (
        f"{answer.occurrence:%Y-%m-%d %H:%M:%S} UTC" if answer.occurrence else "never"
    )
    out.write(f"{job.name}, {when}: {answer.sentence}\n")
    if answer.run is not None:
        out.write(f"run {answer.run.execution_id}: {answer.run.get_status_display()}\n")
