"""``apply``: write the jobs that the code declares, as after migrate."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from django.core.management.base import CommandError

from cronmgmt.engine.declaring import apply_declarations

HELP = "write the declared jobs to the database; safe to repeat"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    applied = apply_declarations()
    for what in ("created", "changed", "retired"):
        for name in getattr(applied, what):
            out.write(f"{what} {name}\n")
    if applied.failed:
        raise CommandError(
            "; ".join(f"{name}: {why}" for name, why in applied.failed.items())
        )
