"""What is done to a site, each fault by its name. All of them end by themselves."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.stage import LEASE, Stage

Attack = Callable[[Stage, random.Random], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault, and the databases that can have it."""

    name: str
    attack: Attack
    kinds: tuple[str, ...] = ("sqlite", "postgresql", "mariadb")


FAULTS: list[Fault] = []
SERVERS = ("postgresql", "mariadb")


def fault(name: str, *kinds: str) -> Callable[[Attack], Attack]:
    """Add a fault of that name."""

    def add(attack: Attack) -> Attack:
        FAULTS.append(
            Fault(name, attack, kinds or Fault.__dataclass_fields__["kinds"].default)
        )
        return attack

    return add


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _any_node(stage: Stage, chance: random.Random) -> str:
    return chance.choice(sorted(stage.nodes))


def _any_worker(stage: Stage, chance: random.Random) -> int | None:
    workers = stage.nodes[_any_node(stage, chance)].workers()
    return chance.choice(workers) if workers else None


@fault("kill -9 of a worker")
def kill_worker(stage: Stage, chance: random.Random) -> None:
    if worker := _any_worker(stage, chance):
        _signal(worker, signal.SIGKILL)


@fault("kill -9 of the process that forks the workers")
def kill_root(stage: Stage, chance: random.Random) -> None:
    node = stage.nodes[_any_node(stage, chance)]
    with contextlib.suppress(IndexError):
        _signal(node.crew_root(), signal.SIGKILL)


@fault("kill -9 of a node's first process")
def kill_parent(stage: Stage, chance: random.Random) -> None:
    _signal(stage.nodes[_any_node(stage, chance)].pid, signal.SIGKILL)


@fault("kill -9 of a whole node")
def kill_node(stage: Stage, chance: random.Random) -> None:
    with stage.untouched():
        for pid in stage.processes(_any_node(stage, chance)):
            _signal(pid, signal.SIGKILL)


@fault("SIGTERM to a whole node, as in a deploy")
def deploy(stage: Stage, chance: random.Random) -> None:
    for pid in stage.processes(_any_node(stage, chance)):
        _signal(pid, signal.SIGTERM)


def _freeze(pids: list[int], leases: float) -> None:
    for pid in pids:
        _signal(pid, signal.SIGSTOP)
    time.sleep(leases * LEASE)
    for pid in pids:
        _signal(pid, signal.SIGCONT)


@fault("a worker stands still for half a lease")
def freeze_shortly(stage: Stage, chance: random.Random) -> None:
    if worker := _any_worker(stage, chance):
        _freeze([worker], 0.5)


@fault("a worker stands still for 1.1 leases")
def freeze_worker(stage: Stage, chance: random.Random) -> None:
    if worker := _any_worker(stage, chance):
        _freeze([worker], 1.1)


@fault("a whole node stands still for 1.1 leases")
def freeze_node(stage: Stage, chance: random.Random) -> None:
    _freeze(stage.processes(_any_node(stage, chance)), 1.1)


@fault("the broker forgets everything")
def flush_broker(stage: Stage, chance: random.Random) -> None:
    stage.execute("DELETE FROM django_q_ormq")


@fault("every connection to the database is cut", *SERVERS)
def cut(stage: Stage, chance: random.Random) -> None:
    assert stage.proxy
    stage.proxy.cut()


@fault("the database's answer is lost", *SERVERS)
def lose_answer(stage: Stage, chance: random.Random) -> None:
    assert stage.proxy
    for _ in range(3):
        stage.proxy.lose_answers()
        time.sleep(0.1)


@fault("the database closes one half of each connection", *SERVERS)
def half_close(stage: Stage, chance: random.Random) -> None:
    assert stage.proxy
    stage.proxy.half_close()


@fault("the database says nothing for a second", *SERVERS)
def stall(stage: Stage, chance: random.Random) -> None:
    assert stage.proxy
    stage.proxy.stall(yes=True)
    time.sleep(1.0)
    stage.proxy.stall(yes=False)


@fault("the database cannot be reached for half a lease", *SERVERS)
def refuse(stage: Stage, chance: random.Random) -> None:
    assert stage.proxy
    stage.proxy.refuse(yes=True)
    time.sleep(LEASE / 2)
    stage.proxy.refuse(yes=False)


@fault("the database server is killed and started again", *SERVERS)
def restart(stage: Stage, chance: random.Random) -> None:
    assert stage.server
    stage.server.kill()
    stage.server.start()
    stage.forget_connection()


@fault("an outsider locks the table of runs for a second", "postgresql")
def lock_table(stage: Stage, chance: random.Random) -> None:
    stage.execute("BEGIN", "LOCK TABLE cronmgmt_jobrun IN EXCLUSIVE MODE", hold=1.0)


@fault("an outsider locks the rows of jobs for a second", *SERVERS)
def lock_jobs(stage: Stage, chance: random.Random) -> None:
    stage.execute("BEGIN", "SELECT id FROM cronmgmt_scheduledjob FOR UPDATE", hold=1.0)


@fault("an outsider holds the whole file for a second", "sqlite")
def lock_file(stage: Stage, chance: random.Random) -> None:
    stage.execute("BEGIN EXCLUSIVE", hold=1.0)


@fault("processes die at random points of the engine for a while")
def crash_points(stage: Stage, chance: random.Random) -> None:
    # Only processes started from now on have the crash points.
    stage.site.crashes = 0.01
    kill_node(stage, chance)
    time.sleep(3.0)
    stage.site.crashes = 0.0
    kill_node(stage, chance)


# Not with SQLite: its clock is that of whichever process asks.
@fault("a node comes up on a host whose clock is minutes off", *SERVERS)
def skew(stage: Stage, chance: random.Random) -> None:
    stage.site.skew = chance.choice(["+300s", "-300s"])
    kill_node(stage, chance)
    time.sleep(3.0)
    stage.site.skew = ""


@fault("a worker stands still for three leases")
def freeze_long(stage: Stage, chance: random.Random) -> None:
    if worker := _any_worker(stage, chance):
        _freeze([worker], 3.0)
