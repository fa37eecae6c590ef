"""``disable``: switch a job, a tag's jobs or everything off, for good or until a date."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from cronmgmt.engine import actions
from cronmgmt.management.verbs.options import (
    add_json,
    add_reason,
    add_whom,
    chosen_whom,
    moment,
    print_done,
    shell_actor,
)
from cronmgmt.management.verbs.tables import shown

HELP = "switch a job, all jobs of a tag or everything off, for good or until a date"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    add_whom(parser)
    parser.add_argument("--until", type=moment, help="on again by itself from then on")
    add_reason(parser)
    add_json(parser)


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    name, tag = chosen_whom(options)
    how = {"until": options["until"], "reason": options["reason"]}
    if name is None:
        pause = actions.pause(shell_actor(), tag=tag, **how)
        told = {"tag": tag or None, "state": "off", "until": pause.until}
        print_done(out, options, told, pause.sentence())
        return
    job = actions.switch_off(name, shell_actor(), **how)
    told = {"name": job.name, "state": job.state, "until": job.off_until}
    until = f" until {shown(job.off_until)}" if job.off_until else ""
    print_done(out, options, told, f"{job.name} is off{until}")
