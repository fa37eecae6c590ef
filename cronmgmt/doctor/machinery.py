"""Nodes, queues, pauses, and whether history is pruned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt.doctor.findings import Finding, Level, clock_time, some
from cronmgmt.models import Node, Pause
from cronmgmt.queries import (
    NODE_SILENT_AFTER,
    STUCK_AFTER,
    Machinery,
    NodeState,
    Waiting,
)
from cronmgmt.queries.machinery import MOST

START = gettext_lazy("Start one: manage.py qcluster")

TROUBLES = {
    "disabled": (
        Level.ERROR,
        gettext_lazy("Nothing runs here: CRONMGMT['ENABLED'] is False."),
        gettext_lazy("Leave it so on a copy of a database; else take it out."),
    ),
    "no-node": (
        Level.ERROR,
        gettext_lazy("No node was seen within the last minute, so nothing runs."),
        START,
    ),
    "only-ticks": (
        Level.WARNING,
        gettext_lazy("Only ticks keep this going: starts may be a minute late."),
        gettext_lazy("Where that is too late, start a node: manage.py qcluster"),
    ),
    "no-scheduler": (
        Level.ERROR,
        gettext_lazy("No node schedules: only work that is queued already runs."),
        gettext_lazy("Start one without --no-scheduler."),
    ),
    "silent-node": (
        Level.WARNING,
        gettext_lazy("A node has fallen silent without saying that it stops."),
        gettext_lazy("Look at its host and log; it is forgotten after a day."),
    ),
    "silent-worker": (
        Level.WARNING,
        gettext_lazy("A worker has fallen silent while it held a run."),
        gettext_lazy("Another one takes it over; look at the host of this one."),
    ),
    "versions": (
        Level.WARNING,
        gettext_lazy("Not all nodes run the same version."),
        gettext_lazy("Finish the deploy: restart those with the other one."),
    ),
}
"""The keys of :class:`~cronmgmt.queries.Machinery`, in words."""

PRUNED_WITHIN = timedelta(days=8)
"""Nodes are forgotten after a week, by whoever prunes, every hour."""


def of_machinery(
    found: Machinery, now: datetime, *, is_all: bool = True
) -> Iterator[Finding]:
    """Yield how the nodes and the queues are; asks the database nothing more.

    ``is_all``: workers hold no run besides those that were found.
    """
    troubles = [_of_trouble(key, found) for key in found.troubles]
    if _has_no_workers(found, now):
        seen = _("Nodes are there, and none has a worker, so nothing runs.")
        todo = _("Their logs say why: manage.py qcluster, or cronmgmt work")
        troubles.append(Finding("nodes", Level.ERROR, seen, todo))
    yield from troubles
    if not troubles:
        yield Finding("nodes", Level.OK, _all_well(found))
    slow = [each for each in found.waiting if each.since < now - STUCK_AFTER]
    for each in slow:
        yield _of_queue(each, found, is_all=is_all and len(found.held) < MOST)
    if not slow:
        count = sum(each.count for each in found.waiting)
        seen = _("Runs that wait for a worker: %(count)d, none for over five minutes.")
        yield Finding("queues", Level.OK, seen % {"count": count})


def _of_trouble(key: str, found: Machinery) -> Finding:
    level, seen, todo = TROUBLES[key]
    return Finding("nodes", level, _with_last(key, str(seen), found), str(todo))


def _has_no_workers(found: Machinery, now: datetime) -> bool:
    """Return whether all nodes have been there for a while, without any worker."""
    alive = [each.node for each in found.nodes if each.state == "alive"]
    processes = [node for node in alive if not node.is_tick]
    settled = [node for node in processes if node.started_at < now - NODE_SILENT_AFTER]
    return bool(settled) and settled == processes and not found.workers


def _all_well(found: Machinery) -> str:
    alive = [each for each in found.nodes if each.state == "alive"]
    since = [each.node.scheduling_since for each in alive if each.schedules]
    return _("Nodes: %(nodes)d, workers: %(workers)d, scheduling since %(since)s.") % {
        "nodes": len(alive),
        "workers": found.workers,
        "since": clock_time(min(filter(None, since))),
    }


def _with_last(key: str, seen: str, found: Machinery) -> str:
    """Say besides who was there last, where nobody is any more."""
    if key == "silent-node":
        silent = [each.node.name for each in found.nodes if each.state == "silent"]
        return f"{seen} {some(silent)}."
    if key == "no-scheduler":
        there = [each for each in found.nodes if each.node.scheduling_since]
    elif key == "no-node":
        there = found.nodes
    else:
        return seen
    if not there:
        return seen
    last = max(there, key=_seen_at)
    words = {"node": last.node.name, "at": clock_time(last.node.seen_at)}
    return f"{seen} {_('The last one was %(node)s, at %(at)s.') % words}"


def _seen_at(state: NodeState) -> datetime:
    return state.node.seen_at


def _of_queue(queue: Waiting, found: Machinery, *, is_all: bool) -> Finding:
    words = {
        "queue": queue.queue,
        "count": queue.count,
        "since": clock_time(queue.since),
    }
    seen = _("Work waits on the queue %(queue)s since %(since)s: %(count)d runs.")
    if not is_all:
        todo = _(
            "See which node works on that queue, and whether its workers are busy."
        )
        return Finding("queues", Level.WARNING, seen % words, todo)
    if found.workers > len(found.held):
        todo = _(
            "Workers are free, so none works on that queue: start a cluster of that "
            "name, or manage.py cronmgmt work --queue %(queue)s"
        )
        return Finding("queues", Level.ERROR, seen % words, todo % words)
    todo = _("No worker is free: start another node, or give the nodes more workers.")
    return Finding("queues", Level.WARNING, seen % words, todo)


def of_pauses(pauses: Sequence[Pause], now: datetime) -> Iterator[Finding]:
    """Yield what people have switched off as a whole."""
    for pause in pauses:
        if pause.since <= now:
            whom = f"--tag {pause.tag}" if pause.tag else "--all"
            todo = _("If it is over: manage.py cronmgmt enable %(whom)s")
            words = {"whom": whom}
            yield Finding("pauses", Level.WARNING, pause.sentence(), todo % words)


def of_pruning(now: datetime) -> Iterator[Finding]:
    """Yield whether what is past its retention has gone.

    Rows of nodes tell it: they always go, while runs may be kept for many reasons.
    """
    if Node.objects.filter(seen_at__lt=now - PRUNED_WITHIN).exists():
        yield Finding(
            "pruning",
            Level.WARNING,
            _("Nothing was pruned for a day: history grows without end."),
            _("A node that stays up prunes every hour; now: manage.py cronmgmt prune"),
        )
