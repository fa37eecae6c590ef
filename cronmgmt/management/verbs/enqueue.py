"""``enqueue``: queue a piece of work for a handler, without any job."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from cronmgmt.engine import actions
from cronmgmt.management.verbs.options import (
    add_json,
    add_params,
    add_reason,
    duration,
    moment,
    params_for,
    print_done,
    shell_actor,
)

HELP = "queue a run of a handler, without any job"
TERMS = ("priority", "queue", "delay", "at", "notify")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("handler")
    add_params(parser)
    parser.add_argument("--priority", type=_priority, help="urgent … low, or a number")
    parser.add_argument("--queue", metavar="Q")
    parser.add_argument("--delay", type=duration, help="not before so long: 30s, 1h30m")
    parser.add_argument("--at", type=moment, help="not before then")
    parser.add_argument("--unique-key", default="", metavar="KEY", help="once per key")
    parser.add_argument(
        "--notify", action="append", metavar="ADDRESS", help="who is mailed at its end"
    )
    add_reason(parser)
    add_json(parser)


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    handler = options["handler"]
    terms = {name: options[name] for name in TERMS if options[name] is not None}
    queued = actions.enqueue(
        handler,
        params_for(handler, options),
        shell_actor(),
        unique_key=options["unique_key"],
        reason=options["reason"],
        **terms,
    )
    told = {"handler": handler, "executionId": str(queued.execution_id)}
    said = "Queued" if queued.is_new else "Queued already, with this key:"
    print_done(
        out,
        options,
        {**told, "isNew": queued.is_new},
        f"{said} {handler}: {queued.execution_id}",
    )


def _priority(text: str) -> str | int:
    return int(text) if text.lstrip("-").isdigit() else text
