"""``list``: every job in service with its status, last and next run."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from cronmgmt import queries
from cronmgmt.management.verbs.options import print_json, print_table

HELP = "list the jobs with status, last and next run"
COLUMNS = ["name", "status", "lastRun", "nextRun", "duration", "error"]


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--retired", action="store_true", help="retired ones as well")


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    jobs = [queries.job_as_json(j) for j in queries.jobs(retired=options["retired"])]
    if options["json"]:
        print_json(out, {"jobs": jobs})
    else:
        headings = ["NAME", "STATUS", "LAST RUN", "NEXT RUN", "SECONDS", "ERROR"]
        print_table(out, headings, [[job[c] for c in COLUMNS] for job in jobs])
