"""``apply``: bring what the code and files say into the database."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from cronmgmt.engine import actions
from cronmgmt.management.verbs.files import (
    add_files,
    print_outcome,
    read_documents,
    refuse_differences,
    refuse_problems,
)
from cronmgmt.management.verbs.options import add_json, add_reason, shell_actor

HELP = "write the jobs of code and files to the database; safe to repeat"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    add_files(parser)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; 3 if anything differs"
    )
    parser.add_argument(
        "--partial", action="store_true", help="write what can be, leave out the rest"
    )
    add_reason(parser)
    add_json(parser)


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    outcome = actions.apply(
        read_documents(options),
        shell_actor(),
        dry_run=options["check"],
        prune=options["prune"],
        partly=options["partial"],
        reason=options["reason"],
    )
    print_outcome(out, outcome, options)
    refuse_problems(outcome, partly=options["partial"] and not options["check"])
    if options["check"]:
        refuse_differences(outcome)
