"""``status``: nodes, backlog, and what is wrong with either."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from django.core.management.base import CommandError

from cronmgmt import queries
from cronmgmt.conf import conf
from cronmgmt.management.verbs.options import print_json
from cronmgmt.management.verbs.tables import print_table

HELP = "show the nodes and what waits"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--alive",
        action="store_true",
        help="exit status 1 unless a node of this instance reported in the last minute",
    )


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    nodes = queries.live_nodes()
    if options["alive"] and not any(_is_here(node) for node in nodes):
        raise CommandError(
            f"No node of {conf.instance} has reported within the last minute."
        )
    backlog, parked = queries.backlog(), queries.parked()
    pauses = [pause.sentence() for pause in queries.pauses()]
    if options["json"]:
        names = [node.name for node in nodes]
        facts = {"nodes": names, "backlog": backlog, "enabled": conf.ENABLED}
        more = {"parked": parked, "pauses": pauses, "troubles": _troubles(nodes)}
        print_json(out, {**facts, **more})
        return
    rows = [[n.name, n.workers, n.scheduling_since, n.seen_at] for n in nodes]
    print_table(out, ["NODE", "WORKERS", "SCHEDULING SINCE", "SEEN"], rows)
    for queue, count in sorted(backlog.items()):
        out.write(f"{count} runs wait on queue {queue}\n")
    if parked:
        out.write(f"{parked} runs wait for a lock\n")
    for sentence in [*pauses, *_troubles(nodes)]:
        out.write(f"{sentence}\n")


def _is_here(node: Any) -> bool:
    return bool(node.instance == conf.instance and not node.is_tick)


def _troubles(nodes: list[Any]) -> list[str]:
    troubles = []
    if not conf.ENABLED:
        troubles.append("Nothing runs here: CRONMGMT['ENABLED'] is False.")
    if not nodes:
        troubles.append(
            "No node was seen within the last minute: start manage.py qcluster."
        )
    elif all(node.is_tick for node in nodes):
        troubles.append("Only ticks keep this going: starts may be a minute late.")
    elif not any(node.scheduling_since for node in nodes):
        troubles.append("No node schedules: only queued work runs.")
    return troubles
