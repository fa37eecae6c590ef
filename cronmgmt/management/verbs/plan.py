"""``plan``: what ``apply`` would change, field by field; nothing is written."""

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
from cronmgmt.management.verbs.options import add_json, shell_actor

HELP = "show what apply would change, and what people changed; nothing is written"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    add_files(parser)
    parser.add_argument("--check", action="store_true", help="3 if anything differs")
    add_json(parser)


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    outcome = actions.apply(
        read_documents(options), shell_actor(), dry_run=True, prune=options["prune"]
    )
    print_outcome(out, outcome, options)
    refuse_problems(outcome)
    if options["check"]:
        refuse_differences(outcome)
