"""``audit``: the checklist for scheduled jobs, put to every job, and a grade."""

from __future__ import annotations

import shutil
import textwrap
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from cronmgmt.management.verbs.exits import Exit
from cronmgmt.management.verbs.options import add_json, print_json
from cronmgmt.management.verbs.tables import print_table
from cronmgmt.queries.audit import (
    GRADES,
    LABELS,
    SECTIONS,
    TAG,
    Answered,
    Audit,
    AuditedJob,
    AuditedSite,
    Verdict,
    audit,
)

HELP = "grade the jobs by the audit checklist, the worst first"
WORST = 3
INDENT = 15
LETTERS = [letter for letter, _least in GRADES]


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="show every box of this job"
    )
    parser.add_argument(
        "--min-grade",
        choices=LETTERS,
        type=str.upper,
        help="exit status 3 if a job's grade is worse than this",
    )
    add_json(parser)


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    found = audit(options["names"])
    if options["json"]:
        print_json(out, _as_json(found, whole=bool(options["names"])))
    elif options["names"]:
        for each in found.jobs:
            _print_boxes(out, each)
    else:
        _print_all(out, found)
    if least := options["min_grade"]:
        _refuse_worse(found.jobs, least)


def _refuse_worse(jobs: Iterable[AuditedJob], least: str) -> None:
    """Raise CommandError, with an exit status of its own, for grades below ``least``."""
    allowed = LETTERS[: LETTERS.index(least) + 1]
    worse = [each.job.name for each in jobs if each.grade not in allowed]
    if worse:
        raise CommandError(
            f"Below {least}: {', '.join(worse)}.", returncode=Exit.DIFFERS
        )


def _as_json(found: Audit, *, whole: bool) -> dict[str, Any]:
    jobs = []
    for each in found.jobs:
        told = {"boxes": each.answers} if whole else {"open": each.open}
        boxes = {key: [one.as_json() for one in some] for key, some in told.items()}
        jobs.append({"name": each.job.name, **_counts(each), **boxes})
    answers = [one.as_json() for one in found.site.answers]
    return {"jobs": jobs, "site": {**_counts(found.site), "boxes": answers}}


def _counts(each: AuditedJob | AuditedSite) -> dict[str, Any]:
    counts = {str(verdict): each.count(verdict) for verdict in Verdict}
    return {"grade": each.grade, "percent": each.percent, "counts": counts}


def _print_all(out: TextIO, found: Audit) -> None:
    headings = ["GRADE", "%", "JOB", "FAIL", "ASK", "OPEN, THE WORST FIRST"]
    print_table(out, headings, map(_row, found.jobs))
    passed = found.site.count(Verdict.PASS)
    applies = len(found.site.answers) - found.site.count(Verdict.NONE)
    given = {"passed": passed, "all": applies}
    sentence = _("The same for all jobs: %(passed)d of %(all)d boxes are ticked.")
    out.write(f"\n{sentence % given}\n")
    _print_answers(out, found.site.open)


def _row(each: AuditedJob) -> list[object]:
    boxes = [one.box for one in each.worst(WORST)]
    worst = "; ".join(f"{box.id} {box.title}" for box in boxes)
    counts = [each.count(Verdict.FAIL), each.count(Verdict.PERSON)]
    return [each.grade, each.percent, each.job.name, *counts, worst]


def _print_boxes(out: TextIO, each: AuditedJob) -> None:
    out.write(f"{each.job.name}: {each.grade}, {each.percent} %\n")
    counts = [f"{each.count(verdict)} {LABELS[verdict]}" for verdict in Verdict]
    out.write(f"{', '.join(counts)}\n")
    for section, title in SECTIONS.items():
        out.write(f"\n{section} {title}\n")
        of_it = [one for one in each.answers if one.box.section == section]
        _print_answers(out, of_it)
    if each.count(Verdict.PERSON):
        sentence = _(
            "A person ticks a box by the job's tag %(tag)s, or for all jobs in "
            "CRONMGMT['AUDITED']."
        )
        first = next(one for one in each.open if one.answer.verdict == Verdict.PERSON)
        out.write(f"\n{sentence % {'tag': TAG + first.box.id}}\n")
    out.write("\n")


def _print_answers(out: TextIO, answers: Sequence[Answered]) -> None:
    width = shutil.get_terminal_size().columns if out.isatty() else 0
    for each in answers:
        verdict = SIGNS[each.answer.verdict]
        line = f"{verdict:6} {each.box.id:7} {each.box.title}: {each.answer.sentence}"
        if width:
            line = textwrap.fill(line, width, subsequent_indent=" " * INDENT)
        out.write(f"{line}\n")


SIGNS = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "FAIL",
    Verdict.PERSON: "ask",
    Verdict.NONE: "-",
}
"""What a verdict is in a column: ``ask`` is for a person to answer."""
