"""Options that several verbs share, and how their results are printed."""

from __future__ import annotations

import argparse
import getpass
import json
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any, TextIO

from django.core.management.base import CommandError
from django.utils import timezone

from cronmgmt import queries, registry
from cronmgmt.engine.actions import Actor
from cronmgmt.errors import InvalidParameters, InvalidSchedule
from cronmgmt.models import JobRun
from cronmgmt.parameters import AnyJson, describe_parameters
from cronmgmt.schedules import parse_duration
from cronmgmt.text import is_name


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
    name = options["name"]
    handler = queries.job(name).job.handler if options["set"] else ""
    return params_for(handler, options)


def params_for(handler: str, options: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of ``--params`` and ``--set`` for a handler."""
    params = dict(options["params"])
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


def whole(text: str, least: int, most: int) -> int:
    """Return the whole number that ``text`` is."""
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(
            f"a whole number from {least} to {most} is wanted"
        )
    return number


def queue_name(text: str) -> str:
    """Return the name of a queue: nothing could ever be put into another."""
    if not is_name(text):
        raise argparse.ArgumentTypeError("a queue's name is made of a-z 0-9 _ . : -")
    return text


def json_object(text: str) -> dict[str, Any]:
    """Return the JSON object that ``text`` is."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError('a JSON object is wanted: {"name": value}')
    return value


def add_json(parser: ArgumentParser) -> None:
    """Add ``--json``."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def _target(text: str) -> str:
    """Return it; empty, as a variable that is not set, would mean all of them."""
    if not text:
        raise argparse.ArgumentTypeError("it is empty: name one, or leave it out")
    return text


def add_target(parser: ArgumentParser) -> None:
    """Add ``--target``, which may be called ``--agency``."""
    parser.add_argument(
        "--target",
        "--agency",
        type=_target,
        metavar="NAME",
        help="only this one of the databases or tenants that the job goes over",
    )


def add_reason(parser: ArgumentParser) -> None:
    """Add ``--reason``."""
    parser.add_argument("--reason", default="", help="why; kept on record")


def duration(text: str) -> timedelta:
    """Return a duration such as ``30s`` or ``1h30m``."""
    try:
        return parse_duration(text)
    except InvalidSchedule as error:
        raise argparse.ArgumentTypeError(error.problem) from None


def end_of(text: str) -> datetime:
    """Return a moment as ``moment`` does; a date alone means the end of that day."""
    value = moment(text)
    is_date = len(text) <= len("2026-03-01") and ":" not in text
    return value + timedelta(days=1, microseconds=-1) if is_date else value


def shell_actor() -> Actor:
    """Return who types the command, as far as the system knows."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "command"
    return Actor(name, "command")


def print_json(out: TextIO, value: object) -> None:
    """Print ``value`` as JSON that a program can read."""
    out.write(json.dumps(value, indent=2, default=_plain) + "\n")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def print_done(
    out: TextIO, options: dict[str, Any], told: dict[str, Any], said: str
) -> None:
    """Print what was done: ``told`` to a program, ``said`` to a person."""
    if options["json"]:
        print_json(out, told)
    else:
        out.write(f"{said}\n")


def print_queued(out: TextIO, run: JobRun, options: dict[str, Any]) -> None:
    """Print which run was queued."""
    told = run_as_json(run)
    print_done(out, options, told, f"Queued {run.job_name}: {run.execution_id}")


def run_as_json(run: JobRun) -> dict[str, str]:
    """Return which run it is and where it stands."""
    return {
        "jobName": run.job_name,
        "executionId": str(run.execution_id),
        "status": str(run.status),
    }
