"""Files of jobs: how they are read, and how what becomes of them is printed."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import CommandError

from cronmgmt.engine.portable import text
from cronmgmt.engine.portable.comparing import Outcome, Step
from cronmgmt.engine.portable.documents import Document
from cronmgmt.errors import Refused
from cronmgmt.management.verbs.exits import Exit
from cronmgmt.management.verbs.options import print_json

BOM = "\ufeff"
"""What Windows likes to begin a file with."""

SIGNS = {"create": "+", "change": "~", "retire": "-", "keep": " "}


def add_format(parser: ArgumentParser) -> None:
    """Add ``--format``."""
    known = list(text.FORMATS)
    parser.add_argument("--format", choices=known, help="else by the file's name")


def add_files(parser: ArgumentParser) -> None:
    """Add the files that ``plan`` and ``apply`` take."""
    parser.add_argument("files", nargs="*", metavar="FILE", help="files of jobs")
    add_format(parser)
    parser.add_argument(
        "--prune", action="store_true", help="retire what is in no file and no code"
    )


def read_text(name: str) -> str:
    """Return what a file, or standard input for ``-``, holds."""
    try:
        if name == "-":
            return sys.stdin.read().removeprefix(BOM)
        return Path(name).read_text(encoding="utf-8").removeprefix(BOM)
    except UnicodeDecodeError:
        raise CommandError(f"{name} cannot be read: it is not UTF-8.") from None
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from None


def read_document(name: str, form: str | None) -> Document:
    """Return the document of a file, or raise CommandError with the file's name."""
    try:
        return text.read(read_text(name), form or text.format_of(name))
    except Refused as refusal:
        raise CommandError(f"{name}: {refusal}") from None


def read_documents(options: dict[str, Any]) -> list[Document]:
    """Return the documents of all files that were given."""
    return [read_document(name, options["format"]) for name in options["files"]]


def print_outcome(out: TextIO, outcome: Outcome, options: dict[str, Any]) -> None:
    """Print what is to be done, or was done."""
    if options["json"]:
        print_json(out, outcome.as_json())
        return
    for step in outcome.steps:
        _print_step(out, step)
    for warning in outcome.warnings:
        out.write(f"! {warning}\n")
    actions = [step.action for step in outcome.steps]
    counts = [f"{actions.count(action)} {action}d" for action in ("create", "change")]
    counts.append(f"{actions.count('retire')} retired")
    unchanged = outcome.unchanged + actions.count("keep")
    out.write(f"{', '.join(counts)}, {unchanged} unchanged\n")


def _print_step(out: TextIO, step: Step) -> None:
    who = f"  (last changed by {step.by}, {step.at:.16})" if step.by else ""
    kind = "" if step.what == "job" else f"{step.what} "
    out.write(f"{SIGNS[step.action]} {kind}{step.name}{who}\n")
    for change in step.changes:
        before = "" if step.action == "create" else f"{_shown(change.before)} -> "
        out.write(f"    {change.field}: {before}{_shown(change.after)}\n")
    for kept in step.kept:
        by = f" by {kept.by}" if kept.by else ""
        out.write(
            f"    {kept.field}: {_shown(kept.value)} is kept, changed{by}; the code "
            f"says {_shown(kept.declared)}\n"
        )


def _shown(value: Any) -> str:
    if isinstance(value, str) and "\n" in value:
        return repr(value)
    return "nothing" if value in (None, "") else str(value)


def refuse_problems(outcome: Outcome, *, partly: bool = False) -> None:
    """Raise CommandError with every entry that was refused."""
    if outcome.problems:
        lines = "\n".join(str(problem) for problem in outcome.problems)
        rest = "The others were written." if partly else "Nothing was written."
        count = len({problem.name for problem in outcome.problems})
        raise CommandError(f"{lines}\n{count} refused. {rest}")


def refuse_differences(outcome: Outcome) -> None:
    """Raise CommandError, with an exit status of its own, if anything is to be done."""
    if outcome.differs:
        raise CommandError(
            "The database differs from code and files.", returncode=Exit.DIFFERS
        )
