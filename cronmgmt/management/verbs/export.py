"""``export``: jobs and calendars as a file that ``import``, ``plan`` and ``apply`` read."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import CommandError

from cronmgmt.engine.portable import text
from cronmgmt.engine.portable.documents import stored
from cronmgmt.management.verbs.files import add_format

HELP = "print jobs as JSON or YAML, or write them to a file"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="else all in service")
    add_format(parser)
    parser.add_argument("--output", metavar="FILE")
    parser.add_argument("--retired", action="store_true", help="retired ones as well")


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    file = options["output"]
    document = stored(options["names"] or None, retired=options["retired"])
    written = text.write(document, options["format"] or text.format_of(file or ""))
    if not file:
        out.write(written)
        return
    try:
        Path(file).write_text(written, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}.") from None
    out.write(f"{len(document.jobs)} jobs written to {file}\n")
