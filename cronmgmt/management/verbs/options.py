"""Options that several verbs share, and how their results are printed."""

from __future__ import annotations

import argparse
import getpass
import json
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TextIO

from django.core.management.base import CommandError
from django.utils import timezone

from cronmgmt import queries, registry
from cronmgmt.engine.actions import Actor
from cronmgmt.errors import InvalidParameters
from cronmgmt.parameters import AnyJson, describe_parameters


def add_whom(parser: ArgumentParser) -> None:
    """Add a job's name, ``--tag`` and ``--all``: one of them."""
    parser.add_argument("name", nargs="?", help="a job")
    parser.add_argument("--tag", help="all jobs with this tag, instead of one")
    parser.add_argument("--all", action="store_true", help="everything")


def chosen_whom(options: dict[str, Any]) -> tuple[str | None, str]:
    """Return the job's name, or None and the tag; an empty tag means everything.

    Raises CommandError unless exactly one of the three was given.
    """
    given = [options["name"] is not None, options["tag"] is not None, options["all"]]
    if sum(given) != 1 or options["tag"] == "":
        raise CommandError("Give one of them: a job's name, --tag TAG or --all.")
    return options["name"], options["tag"] or ""


def add_params(parser: ArgumentParser) -> None:
    """Add ``--params`` and ``--set``."""
    parser.add_argument(
        "--set",
        type=assignment,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="one parameter, written as its type wants it; repeatable",
    )
    parser.add_argument(
        "--params",
        type=json_object,
        default={},
        metavar="JSON",
        help="parameters that replace the job's own, for instance '{\"limit\": 10}'",
    )


def given_params(options: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of ``--params`` and ``--set`` for the job ``name``.

    Raises UnknownJob, or InvalidParameters for a value that its type does not take.
    """
    params = dict(options["params"])
    if options["set"]:
        handler = queries.job(options["name"]).job.handler
        for name, text in options["set"]:
            params[name] = parameter_from_text(handler, name, text)
    return params


def parameter_from_text(handler: str, name: str, text: str) -> Any:
    """Return the JSON value of a parameter that somebody typed."""
    known = {}
    if registry.is_registered(handler):
        function = registry.find(handler).function
        known = describe_parameters(function).by_name()
    kind = known[name].kind if name in known else AnyJson()
    try:
        return kind.from_text(text)
    except ValueError:
        raise InvalidParameters(
            f"The parameter {name!r} of {handler} must be {kind.wanted}."
        ) from None


def moment(text: str) -> datetime:
    """Return an ISO date or time; without an offset it is in the site's time zone."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}; write 2026-03-01T10:00") from None
    return value if value.tzinfo else timezone.make_aware(value)


def assignment(text: str) -> tuple[str, str]:
    """Return the two sides of ``NAME=VALUE``."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError("NAME=VALUE is wanted")
    return name, value


def json_object(text: str) -> dict[str, Any]:
    """Return the JSON object that ``text`` is."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError('a JSON object is wanted: {"name": value}')
    return value


def shell_actor() -> Actor:
    """Return who types the command, as far as the system knows."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "command"
    return Actor(name, "command")


def print_json(out: TextIO, value: object) -> None:
    """Print ``value`` as JSON that a program can read."""
    out.write(json.dumps(value, indent=2, default=str) + "\n")


def print_table(
    out: TextIO, headings: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Print rows under headings, each column as wide as it needs."""
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    lines = [list(headings), *cells]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        out.write("  ".join(padded).rstrip() + "\n")
