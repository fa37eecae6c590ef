"""``enable``: switch a job on; it goes on with its next future occurrence."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from cronmgmt.engine import actions
from cronmgmt.management.verbs.options import shell_actor

HELP = "switch a job on"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("name")
    parser.add_argument("--reason", default="", help="why; kept on record")


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    job = actions.switch_on(options["name"], shell_actor(), reason=options["reason"])
    out.write(f"{job.name} is on; next run: {job.next_run_at or 'none'}\n")
