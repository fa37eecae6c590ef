"""``work``: a node with workers of its own, without django-q2."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from django.utils import autoreload

from cronmgmt.engine.node import Node
from cronmgmt.engine.pollers import Pollers
from cronmgmt.management.verbs.options import queue_name, whole

HELP = "schedule and work without django-q2, until told to stop"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument(
        "--workers", type=_workers, default=2, help="how many processes"
    )
    parser.add_argument(
        "--queue",
        type=queue_name,
        action="append",
        default=[],
        help="only this queue; repeatable",
    )
    parser.add_argument(
        "--no-scheduler", action="store_true", help="only work; others schedule"
    )
    parser.add_argument(
        "--reload", action="store_true", help="begin anew when the code changes"
    )


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    if options["reload"]:
        autoreload.run_with_reloader(_work, options)
    else:
        _work(options)


def _work(options: dict[str, Any]) -> None:
    crew = Pollers(options["workers"], options["queue"])
    Node(crew, schedules=not options["no_scheduler"]).run()


def _workers(text: str) -> int:
    return whole(text, 1, 1000)
