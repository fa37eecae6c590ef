"""After a fault: what was due by then, until all of it goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from django.db.models import Q

from cronmgmt.models import Status
from cronmgmt.models.run import UNFINISHED
from tests.chaos.oracle import at
from tests.chaos.stage import LEASE, Stage
from tests.chaos.verdict import Settled

LIMIT = LEASE + 2.0
"""What may go on does within so many seconds."""

LONGEST = 60.0
"""So long is waited to learn when it did after all, or until a node is up."""

BETWEEN = 0.1


class Handlers:
    """Which handlers are being executed, by their own word and the kernel's."""

    def __init__(self, witness: Path) -> None:
        self._witness = witness
        self._read = 0
        self._inside: dict[int, int] = {}

    def look(self) -> None:
        """Take in what handlers have noted since the last look."""
        if not self._witness.exists():
            return
        with self._witness.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if line.endswith(b"\n"):
                    self._read += len(line)
                    self._take_in(json.loads(line))

    def _take_in(self, note: dict[str, Any]) -> None:
        if note["event"] == "START":
            self._inside[note["token"]] = note["pid"]
        elif note["event"] == "END":
            self._inside.pop(note["token"], None)

    def is_inside(self, token: int) -> bool:
        """Return whether a process is executing the run of that token right now."""
        pid = self._inside.get(token)
        return pid is not None and _state(pid) not in ("", "T", "Z", "X")


class Watch:
    """What was due at a moment, and which of it does not go on yet."""

    def __init__(self, stage: Stage, handlers: Handlers) -> None:
        self._stage, self._handlers = stage, handlers
        self._until = stage.now()
        self._going_on: set[int] = set()
        self._since: dict[str, tuple[Any, float]] = {}

    def look(self) -> dict[str, float]:
        """Return what was not seen to go on at any look, and since when it stands.

        An occurrence goes on when it is decided; a run when it has ended, when a living
        process is inside its handler, when its time is yet to come, or when it waits
        for a lock that such runs hold. What is in the queue stands when the queue's
        head does, and what waits for a lock when those do that hold it.
        """
        site, due = self._stage.site, at(self._until)
        jobs = site.jobs(next_run_at__lte=due).values_list("name", "next_run_at")
        runs = list(
            site.runs(status__in=UNFINISHED, available_at__lte=at(self._stage.now()))
            .filter(Q(scheduled_for__lte=due) | Q(scheduled_for=None))
            .order_by("priority", "available_at", "pk")
        )
        slots = site.slots(run__isnull=False).values_list("key", "run_id")
        self._handlers.look()
        executed = {run.pk for run in runs if self._is_executed(run)}
        holders: dict[str, set[int]] = {}
        for key, run_id in slots:
            holders.setdefault(key, set()).add(run_id)
        self._going_on |= executed | {
            run.pk for run in runs if executed & holders.get(run.waits_for or "", set())
        }
        head = next((run.pk for run in runs if _is_in_the_queue(run)), None)
        states = {f"{name} is undecided": moment for name, moment in jobs} | {
            f"{run.job_name} {run.pk} {run.status}: {run.reason or run.worker}": (
                head
                if _is_in_the_queue(run)
                else (run.claims, holders.get(run.waits_for or ""))
            )
            for run in runs
            if run.pk not in self._going_on
        }
        return self._standing(states)

    def _standing(self, states: dict[str, Any]) -> dict[str, float]:
        now = time.monotonic()
        self._since = {
            fact: self._since[fact]
            if fact in self._since and self._since[fact][0] == state
            else (state, now)
            for fact, state in states.items()
        }
        return {fact: now - since for fact, (_, since) in self._since.items()}

    def _is_executed(self, run: Any) -> bool:
        return run.status == Status.RUNNING and self._handlers.is_inside(
            run.fencing_token
        )


def _is_in_the_queue(run: Any) -> bool:
    """Return whether it is, or stands at its head: claimed ahead by a living worker."""
    if run.status == Status.CLAIMED:
        return _state(int(run.worker.split(":")[-2])) not in ("", "T", "Z", "X")
    return bool(run.status == Status.QUEUED)


def settle(stage: Stage, handlers: Handlers) -> Settled:
    """Wait until all goes on that was due when the last fault ended.

    It can from when the database answers and some node is up: one that was killed and
    that systemd starts again needs a while that is not the engine's.
    """
    _wait_for_a_node(stage)
    watch, cores = Watch(stage, handlers), Cores(stage)
    began = time.monotonic()
    stuck: list[str] = []
    last = ""
    while standing := _look(stage, watch):
        last = list(standing)[-1]
        limit = LIMIT + cores.waited()
        stuck = stuck or [fact for fact, age in standing.items() if age > limit]
        if time.monotonic() - began > LONGEST:
            stuck = stuck or list(standing)
            break
        time.sleep(BETWEEN)
    return Settled(time.monotonic() - began, cores.waited(), last, stuck)


def _look(stage: Stage, watch: Watch) -> dict[str, float]:
    try:
        return watch.look()
    except DatabaseError as error:
        stage.forget_connection()
        return {f"the database says: {error}": 0.0}


def _wait_for_a_node(stage: Stage) -> None:
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        if any(stage.is_up(node) for node in list(stage.nodes.values())):
            return
        time.sleep(BETWEEN)


class Cores:
    """How long processes of the nodes were ready and waited for a core: others' load."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._began = stage, time.monotonic()
        self._before = dict(self._waits())

    def waited(self) -> float:
        """Return the seconds that the one waited that waited longest."""
        waits = [wait - self._before.get(pid, 0.0) for pid, wait in self._waits()]
        # What was there before and was not seen brings its whole life with it.
        return min(max(waits, default=0.0), time.monotonic() - self._began)

    def _waits(self) -> Iterator[tuple[int, float]]:
        for name in list(self._stage.nodes):
            for pid in self._stage.processes(name):
                try:
                    text = Path(f"/proc/{pid}/schedstat").read_text()
                except OSError:
                    continue  # Gone, or a kernel that does not count.
                yield pid, int(text.split()[1]) / 1e9


def _state(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[0]
