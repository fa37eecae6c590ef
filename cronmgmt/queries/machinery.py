"""What keeps the jobs going: nodes, workers with what they run, queues, versions."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version

import django
from django.db import connections
from django.db.models import Count, Min

from cronmgmt.actors import Actor, visible_to
from cronmgmt.conf import VERSION, conf
from cronmgmt.models import HELD, JobRun, Node, Status, database
from cronmgmt.queries.system import NODE_SILENT_AFTER, TICKS_SILENT_AFTER

REMEMBERED = timedelta(hours=24)
MOST = 200
"""So many nodes and held runs at most are listed."""


@dataclass(frozen=True, slots=True)
class NodeState:
    """A node, and whether it is ``alive``, ``silent`` or ``stopped``."""

    node: Node
    state: str
    is_other_version: bool

    @property
    def schedules(self) -> bool:
        """Whether it queues what is due."""
        return self.state == "alive" and self.node.scheduling_since is not None


@dataclass(frozen=True, slots=True)
class Held:
    """A run that a worker holds; ``is_silent``: it has not extended its lease."""

    run: JobRun
    is_silent: bool

    @property
    def instance(self) -> str:
        """The machine or container, as the worker's name tells it."""
        return self.run.worker.rsplit(":", 2)[0]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits on a queue, counting only what could start now, and since when."""

    queue: str
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Machinery:
    """All of it, and what is wrong with it: keys that an interface puts into words."""

    nodes: list[NodeState]
    held: list[Held]
    waiting: list[Waiting]
    parked: int
    troubles: list[str]
    workers: int


def machinery(now: datetime, actor: Actor | None = None) -> Machinery:
    """Return how the nodes, the workers and the queues are; four statements.

    Of runs only those count that the actor may see.
    """
    nodes = _nodes(now)
    held = _held(now, actor)
    waiting = _waiting(now, actor)
    parked = JobRun.objects.filter(waits_for__isnull=False, status=Status.WAITING)
    alive = [each for each in nodes if each.state == "alive"]
    return Machinery(
        nodes=nodes,
        held=held,
        waiting=waiting,
        parked=visible_to(actor, parked).count(),
        troubles=_troubles(nodes, alive, held),
        workers=sum(each.node.workers for each in alive),
    )


def _nodes(now: datetime) -> list[NodeState]:
    rows = Node.objects.filter(seen_at__gte=now - REMEMBERED).order_by("-seen_at")
    found = [_state_of(node, now) for node in rows[:MOST]]
    order = ("silent", "alive", "stopped")
    return sorted(found, key=lambda each: (order.index(each.state), each.node.name))


def _state_of(node: Node, now: datetime) -> NodeState:
    patience = TICKS_SILENT_AFTER if node.is_tick else NODE_SILENT_AFTER
    is_late = node.seen_at < now - patience
    state = "stopped" if node.stopped_at else "silent" if is_late else "alive"
    return NodeState(node, state, bool(node.version) and node.version != VERSION)


def _held(now: datetime, actor: Actor | None) -> list[Held]:
    rows = visible_to(actor, JobRun.objects.filter(lease_expires_at__isnull=False))
    held = rows.filter(status__in=HELD).order_by("worker", "id").select_related("job")
    unread = ("params", "result", "checkpoint", "traceback")
    return [
        Held(run, run.lease_expires_at is not None and run.lease_expires_at < now)
        for run in held.defer(*unread)[:MOST]
    ]


def _waiting(now: datetime, actor: Actor | None) -> list[Waiting]:
    rows = JobRun.objects.filter(status=Status.QUEUED, available_at__lte=now)
    queued = visible_to(actor, rows)
    counted = (
        queued.order_by()
        .values_list("queue")
        .annotate(count=Count("pk"), since=Min("available_at"))
    )
    return [Waiting(*each) for each in sorted(counted)]


def _troubles(
    nodes: Sequence[NodeState], alive: Sequence[NodeState], held: Sequence[Held]
) -> list[str]:
    """Return what is wrong, the worst first."""
    processes = [each for each in alive if not each.node.is_tick]
    found = {
        "disabled": not conf.ENABLED,
        "no-node": not alive,
        "only-ticks": bool(alive) and not processes,
        "no-scheduler": bool(processes) and not any(n.schedules for n in alive),
        "silent-node": any(each.state == "silent" for each in nodes),
        "silent-worker": any(each.is_silent for each in held),
        "versions": any(each.is_other_version for each in alive),
    }
    return [key for key, holds in found.items() if holds]


def versions() -> list[tuple[str, str]]:
    """Return the names and versions of what this process is made of."""
    connection = connections[database()]
    numbers = ".".join(map(str, connection.get_database_version()))
    return [
        ("cronmgmt", VERSION),
        ("Django", django.get_version()),
        ("django-q2", _installed("django-q2")),
        ("Python", platform.python_version()),
        (connection.display_name, numbers),
    ]


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "–"
