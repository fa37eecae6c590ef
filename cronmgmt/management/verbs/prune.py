"""``prune``: delete what is past its retention, now instead of within the hour."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from cronmgmt.engine import retention

HELP = "delete runs that are past their retention"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    deleted = 0
    while count := retention.prune():
        deleted += count
    out.write(f"{deleted} runs deleted\n")
