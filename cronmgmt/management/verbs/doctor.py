"""``doctor``: is this site set up so that scheduled work runs, and if not, what to do."""

from __future__ import annotations

import shutil
from argparse import ArgumentParser
from collections.abc import Sequence
from textwrap import fill
from typing import Any, TextIO

from django.core.management.base import CommandError

from cronmgmt.doctor import Finding, Level, as_json, examine
from cronmgmt.management.verbs.exits import Exit
from cronmgmt.management.verbs.options import add_json, print_json

HELP = "say what keeps scheduled work from running, and what to do"
MAKES_ITS_OWN_CHECKS = True

NARROWEST = 40
ARROW = "-> "


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    add_json(parser)


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    findings = examine()
    if options["json"]:
        print_json(out, as_json(findings))
    else:
        _print(out, findings)
    levels = [each.level for each in findings]
    if errors := levels.count(Level.ERROR):
        more = levels.count(Level.WARNING)
        raise CommandError(
            f"The site is not well: errors: {errors}, warnings: {more}.",
            returncode=Exit.UNWELL,
        )


def _print(out: TextIO, findings: Sequence[Finding]) -> None:
    """Print a row for each: its level, what it is about, and the sentences below."""
    level = max(len(each.level) for each in findings)
    margin = level + 2 + max(len(each.check) for each in findings) + 2
    for each in findings:
        head = f"{each.level.ljust(level)}  {each.check}".ljust(margin)
        _write(out, head, each.seen, margin)
        for text in filter(None, (each.detail, each.todo and f"{ARROW}{each.todo}")):
            _write(out, " " * margin, text, margin)


def _write(out: TextIO, head: str, text: str, margin: int) -> None:
    """Write a text in its column; in a terminal, as wide as that allows."""
    line = head + " ".join(text.split())
    if out.isatty():
        width = max(shutil.get_terminal_size().columns, margin + NARROWEST)
        line = fill(line, width, subsequent_indent=" " * margin)
    out.write(f"{line}\n")
