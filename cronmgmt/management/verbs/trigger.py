"""``trigger``: queue a run now, for a worker of the cluster."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from cronmgmt.engine import actions
from cronmgmt.management.verbs.options import add_params, given_params, shell_actor

HELP = "queue a run of a job now"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("name")
    add_params(parser)
    parser.add_argument("--reason", default="", help="why; kept on record")


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    run = actions.trigger(
        options["name"],
        shell_actor(),
        params=given_params(options),
        reason=options["reason"],
    )
    out.write(f"Queued {run.job_name}: {run.execution_id}\n")
