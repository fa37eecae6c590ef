"""``import``: jobs from a file, or from another system, by their names."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from django.core.management.base import CommandError

from cronmgmt.engine import actions
from cronmgmt.engine.foreign.moving import Moved
from cronmgmt.engine.portable.comparing import Outcome
from cronmgmt.management.verbs.files import (
    add_format,
    print_outcome,
    read_document,
    refuse_problems,
)
from cronmgmt.management.verbs.moving import add_source, print_moved, read_moved
from cronmgmt.management.verbs.options import (
    add_json,
    add_reason,
    print_json,
    shell_actor,
)

FOREIGN = ("handlers", "timezone", "system", "broker")
"""Options that say how to read another system's schedules."""

HELP = "write the jobs of a file, or of another system, to the database, by name"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("file", metavar="FILE", nargs="?", help="- for standard input")
    add_format(parser)
    add_source(parser)
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    parser.add_argument(
        "--partial", action="store_true", help="write what can be, leave out the rest"
    )
    add_reason(parser)
    add_json(parser)


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    moved = _moved(options)
    is_held_back = bool(moved.refused) and not options["partial"]
    dry_run = options["dry_run"] or is_held_back
    outcome = actions.import_jobs(
        moved.document,
        shell_actor(),
        dry_run=dry_run,
        partly=options["partial"],
        reason=options["reason"],
    )
    moved.give_up(outcome.problems)
    outcome.problems = moved.refused
    _print(out, outcome, moved, options)
    refuse_problems(outcome, partly=options["partial"] and not dry_run)


def _moved(options: dict[str, Any]) -> Moved:
    if options["source"]:
        return read_moved(options)
    if given := [f"--{name}" for name in FOREIGN if options[name]]:
        raise CommandError(f"{', '.join(given)}: only with --from another system.")
    if options["file"] is None:
        raise CommandError("Give a file, or --from another system.")
    return Moved(read_document(options["file"], options["format"]))


def _print(
    out: TextIO, outcome: Outcome, moved: Moved, options: dict[str, Any]
) -> None:
    if not options["source"]:
        print_outcome(out, outcome, options)
    elif options["json"]:
        more = {"carried": sorted(moved.document.jobs), "leftOut": moved.left_out}
        print_json(out, {**outcome.as_json(), **more, "notes": moved.notes})
    else:
        print_outcome(out, outcome, options)
        print_moved(out, moved)
