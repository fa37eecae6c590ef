"""``cancel``: end a run that waits, interrupt one that runs."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from cronmgmt.engine import actions
from cronmgmt.management.verbs.options import (
    add_json,
    add_reason,
    print_done,
    run_as_json,
    shell_actor,
)

HELP = "cancel a run by its execution id"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("execution_id")
    add_reason(parser)
    add_json(parser)


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    run = actions.cancel_run(
        options["execution_id"], shell_actor(), reason=options["reason"]
    )
    done = "cancelled" if run.is_finished else "being interrupted"
    said = f"{run.job_name} {run.execution_id} is {done}"
    print_done(out, options, run_as_json(run), said)
