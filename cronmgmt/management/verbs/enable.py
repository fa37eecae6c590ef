"""``enable``: switch on again; jobs go on with their next future occurrence."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from cronmgmt.engine import actions
from cronmgmt.management.verbs.options import (
    add_json,
    add_reason,
    add_whom,
    chosen_whom,
    print_done,
    shell_actor,
)
from cronmgmt.management.verbs.tables import shown

HELP = "switch a job, all jobs of a tag or everything on again"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    add_whom(parser)
    add_reason(parser)
    add_json(parser)


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    name, tag = chosen_whom(options)
    if name is None:
        actions.end_pause(shell_actor(), tag=tag, reason=options["reason"])
        what = f"All jobs with the tag {tag} are" if tag else "Everything is"
        said = f"{what} on; what was switched off by itself stays off"
        print_done(out, options, {"tag": tag or None, "state": "on"}, said)
        return
    job = actions.switch_on(name, shell_actor(), reason=options["reason"])
    told = {"name": job.name, "state": job.state, "nextRun": job.next_run_at}
    coming = shown(job.next_run_at) if job.next_run_at else "none"
    said = f"{job.name} is on; next run: {coming}"
    print_done(out, options, told, said)
