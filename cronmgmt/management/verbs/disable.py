"""``disable``: switch a job, a tag's jobs or everything off, for good or until a date."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from cronmgmt.engine import actions
from cronmgmt.management.verbs.options import (
    add_whom,
    chosen_whom,
    moment,
    shell_actor,
)

HELP = "switch a job, all jobs of a tag or everything off, for good or until a date"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    add_whom(parser)
    parser.add_argument("--until", type=moment, help="on again by itself from then on")
    parser.add_argument("--reason", default="", help="why; kept on record")


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    name, tag = chosen_whom(options)
    how = {"until": options["until"], "reason": options["reason"]}
    if name is None:
        pause = actions.pause(shell_actor(), tag=tag, **how)
        out.write(f"{pause.sentence()}\n")
        return
    job = actions.switch_off(name, shell_actor(), **how)
    out.write(
        f"{job.name} is off{f' until {job.off_until}' if job.off_until else ''}\n"
    )
