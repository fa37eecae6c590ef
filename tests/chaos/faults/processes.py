"""Processes that are killed, stopped or stand still."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time

from tests.chaos.faults import fault
from tests.chaos.stage import LEASE, Stage


def send(pid: int, number: int) -> None:
    """Signal a process, if it is still there."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def any_node(stage: Stage, chance: random.Random) -> str:
    """Draw a node."""
    return chance.choice(sorted(stage.nodes))


def any_worker(stage: Stage, chance: random.Random) -> int | None:
    """Draw a worker of any node; None if the node drawn has none right now."""
    workers = stage.nodes[any_node(stage, chance)].workers()
    return chance.choice(workers) if workers else None


def freeze(pids: list[int], leases: float) -> None:
    """Let processes stand still for so long, and go on."""
    for pid in pids:
        send(pid, signal.SIGSTOP)
    time.sleep(leases * LEASE)
    for pid in pids:
        send(pid, signal.SIGCONT)


@fault("kill -9 of a worker", repeats=True)
def kill_worker(stage: Stage, chance: random.Random) -> None:
    if worker := any_worker(stage, chance):
        send(worker, signal.SIGKILL)


@fault("kill -9 of the process that forks the workers", repeats=True)
def kill_root(stage: Stage, chance: random.Random) -> None:
    node = stage.nodes[any_node(stage, chance)]
    with contextlib.suppress(IndexError):
        send(node.crew_root(), signal.SIGKILL)


@fault("kill -9 of a node's first process", repeats=True)
def kill_parent(stage: Stage, chance: random.Random) -> None:
    send(stage.nodes[any_node(stage, chance)].pid, signal.SIGKILL)


@fault("kill -9 of a whole node", repeats=True)
def kill_node(stage: Stage, chance: random.Random) -> None:
    stage.kill_node(any_node(stage, chance))


@fault("SIGTERM to a whole node, as in a deploy", repeats=True)
def deploy(stage: Stage, chance: random.Random) -> None:
    for pid in stage.processes(any_node(stage, chance)):
        send(pid, signal.SIGTERM)


@fault("a worker stands still for half a lease")
def freeze_shortly(stage: Stage, chance: random.Random) -> None:
    if worker := any_worker(stage, chance):
        freeze([worker], 0.5)


@fault("a worker stands still for 1.1 leases", repeats=True)
def freeze_worker(stage: Stage, chance: random.Random) -> None:
    if worker := any_worker(stage, chance):
        freeze([worker], 1.1)


@fault("a whole node stands still for 1.1 leases", repeats=True)
def freeze_node(stage: Stage, chance: random.Random) -> None:
    freeze(stage.processes(any_node(stage, chance)), 1.1)


@fault("a worker stands still for three leases", repeats=True)
def freeze_long(stage: Stage, chance: random.Random) -> None:
    if worker := any_worker(stage, chance):
        freeze([worker], 3.0)


@fault("processes die at random points of the engine for a while", repeats=True)
def crash_points(stage: Stage, chance: random.Random) -> None:
    # Only processes started from now on have the crash points.
    stage.site.crashes = 0.01
    kill_node(stage, chance)
    time.sleep(8.0)
    stage.site.crashes = 0.0
    for name in sorted(stage.fragile):
        stage.kill_node(name)
