"""``run``: one job in the foreground; its failure is the command's."""

from __future__ import annotations

import signal
import sys
from argparse import ArgumentParser
from typing import Any, TextIO

from django.core.management.base import CommandError

from cronmgmt import queries
from cronmgmt.engine.foreground import run_here
from cronmgmt.management.verbs.options import (
    add_json,
    add_params,
    add_target,
    given_params,
    print_json,
    shell_actor,
)
from cronmgmt.management.verbs.terminal import Terminal
from cronmgmt.models import Status

HELP = "run a job here, in the foreground; exit status 1 if it fails"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("name")
    add_params(parser)
    add_target(parser)
    add_json(parser)


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    # As for Ctrl-C: the handler is interrupted and the run recorded as failed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    terminal = Terminal(sys.stdout)
    run = run_here(
        options["name"],
        shell_actor(),
        params=given_params(options),
        echo=None if options["json"] else terminal,
        target=options["target"] or "",
    )
    terminal.bar.clear()
    if options["json"]:
        print_json(out, queries.result_as_json(run))
    if run.status != Status.SUCCEEDED:
        raise CommandError(f"{run.job_name} {run.get_status_display()}: {run.reason}")
    if not options["json"]:
        out.write(f"{run.job_name} succeeded in {run.duration or 0:.1f} s.\n")
