"""``retry``: queue a finished run once more, as a new run."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from cronmgmt.engine import actions
from cronmgmt.management.verbs.options import (
    add_json,
    add_reason,
    print_queued,
    shell_actor,
)

HELP = "queue a finished run once more, with its parameters"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("execution_id")
    add_reason(parser)
    add_json(parser)


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    run = actions.rerun(
        options["execution_id"], shell_actor(), reason=options["reason"]
    )
    print_queued(out, run, options)
