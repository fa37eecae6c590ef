"""``disable``: switch a job off, for good or until a date."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from typing import Any, TextIO

from django.utils import timezone

from cronmgmt.engine import actions
from cronmgmt.management.verbs.options import shell_actor

HELP = "switch a job off, for good or until a date"


def moment(text: str) -> datetime:
    """Return an ISO date or time; without an offset it is in the site's time zone."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{error}; write 2026-03-01T10:00") from None
    return value if value.tzinfo else timezone.make_aware(value)


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("name")
    parser.add_argument("--until", type=moment, help="on again by itself from then on")
    parser.add_argument("--reason", default="", help="why; kept on record")


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    job = actions.switch_off(
        options["name"],
        shell_actor(),
        until=options["until"],
        reason=options["reason"],
    )
    out.write(
        f"{job.name} is off{f' until {job.off_until}' if job.off_until else ''}\n"
    )
