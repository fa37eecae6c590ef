"""``trigger``: queue a run now, for a worker of the cluster."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from cronmgmt.engine import actions
from cronmgmt.management.verbs.options import (
    add_json,
    add_params,
    add_reason,
    add_target,
    given_params,
    print_queued,
    shell_actor,
)

HELP = "queue a run of a job now"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("name")
    add_params(parser)
    add_target(parser)
    parser.add_argument(
        "--notify",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="who is mailed when it ends; repeatable",
    )
    add_reason(parser)
    add_json(parser)


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    run = actions.trigger(
        options["name"],
        shell_actor(),
        params=given_params(options),
        reason=options["reason"],
        notify=options["notify"],
        target=options["target"] or "",
    )
    print_queued(out, run, options)
