"""``enable``: switch on again; jobs go on with their next future occurrence."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from cronmgmt.engine import actions
from cronmgmt.management.verbs.options import add_whom, chosen_whom, shell_actor

HELP = "switch a job, all jobs of a tag or everything on again"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    add_whom(parser)
    parser.add_argument("--reason", default="", help="why; kept on record")


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    name, tag = chosen_whom(options)
    if name is None:
        actions.end_pause(shell_actor(), tag=tag, reason=options["reason"])
        what = f"All jobs with the tag {tag} are" if tag else "Everything is"
        out.write(f"{what} on; what was switched off by itself stays off\n")
        return
    job = actions.switch_on(name, shell_actor(), reason=options["reason"])
    out.write(f"{job.name} is on; next run: {job.next_run_at or 'none'}\n")
