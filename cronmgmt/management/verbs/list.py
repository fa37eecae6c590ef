"""``list``: the jobs in service with status, last and next run."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from cronmgmt import queries
from cronmgmt.management.verbs.options import add_json, print_json
from cronmgmt.management.verbs.tables import print_table
from cronmgmt.queries import JobState

HELP = "list the jobs with status, last and next run"
STATES = ["on", "off", "set-aside", "retired"]
EQUAL = ["owner", "queue", "handler", "state"]


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("words", nargs="*", help="only names or titles with all of it")
    parser.add_argument("--status", choices=["idle", "running", "error"])
    parser.add_argument("--state", choices=STATES, help="on, off, set-aside or retired")
    parser.add_argument("--tag", help="only jobs with this tag")
    for name in ("owner", "queue", "handler"):
        parser.add_argument(f"--{name}", help=f"only jobs with this {name}")
    parser.add_argument("--retired", action="store_true", help="retired ones as well")
    add_json(parser)


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    retired = options["retired"] or options["state"] == "retired"
    found = [each for each in queries.jobs(retired=retired) if _fits(each, options)]
    if options["json"]:
        print_json(out, {"jobs": [queries.job_as_json(each) for each in found]})
    else:
        headings = ["NAME", "STATUS", "LAST RUN", "NEXT RUN", "SECONDS", "ERROR"]
        print_table(out, headings, [_row(each) for each in found])


def _row(state: JobState) -> list[object]:
    job = state.job
    seconds = None if job.last_duration is None else round(job.last_duration, 3)
    times = [job.last_started_at, job.next_run_at]
    return [job.name, state.status, *times, seconds, job.last_error]


def _fits(state: JobState, options: dict[str, Any]) -> bool:
    job = state.job
    wanted = {name: options[name] for name in EQUAL if options[name] is not None}
    text = f"{job.name} {job.title}".lower()
    return (
        all(getattr(job, name) == value for name, value in wanted.items())
        and options["status"] in (None, state.status)
        and options["tag"] in (None, *job.tags)
        and all(word.lower() in text for word in options["words"])
    )
