"""``status``: nodes, backlog, and what is wrong with either."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from cronmgmt import queries
from cronmgmt.conf import conf
from cronmgmt.management.verbs.options import print_json, print_table

HELP = "show the nodes and what waits"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    nodes = queries.live_nodes()
    backlog, parked = queries.backlog(), queries.parked()
    pauses = [pause.sentence() for pause in queries.pauses()]
    if options["json"]:
        names = [node.name for node in nodes]
        facts = {"nodes": names, "backlog": backlog, "enabled": conf.ENABLED}
        print_json(out, {**facts, "parked": parked, "pauses": pauses})
        return
    rows = [[n.name, n.workers, n.scheduling_since, n.seen_at] for n in nodes]
    print_table(out, ["NODE", "WORKERS", "SCHEDULING SINCE", "SEEN"], rows)
    for queue, count in sorted(backlog.items()):
        out.write(f"{count} runs wait on queue {queue}\n")
    if parked:
        out.write(f"{parked} runs wait for a lock\n")
    for sentence in [*pauses, *_troubles(nodes)]:
        out.write(f"{sentence}\n")


def _troubles(nodes: list[Any]) -> list[str]:
    troubles = []
    if not conf.ENABLED:
        troubles.append("Nothing runs here: CRONMGMT['ENABLED'] is False.")
    if not nodes:
        troubles.append(
            "No node was seen within the last minute: start manage.py qcluster."
        )
    elif not any(node.scheduling_since for node in nodes):
        troubles.append("No node schedules: only queued work runs.")
    return troubles
