"""One attack: a site, a seed, faults one after the other, and the verdict."""

from __future__ import annotations

import contextlib
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.db import DatabaseError

from cronmgmt.models.run import UNFINISHED
from tests.chaos.faults import Fault, faults_of
from tests.chaos.oracle import at
from tests.chaos.settling import LIMIT, Cores, Handlers, settle
from tests.chaos.stage import LEASE, AttackedSite, Stage, stage
from tests.chaos.verdict import Blow, Settled, Verdict, judge
from tests.scenarios.waiting import wait_until

BETWEEN = (0.2, 1.5)
"""Seconds between two faults of a burst, at least and at most."""

ALONE = 0.6
"""So many of all faults end a burst: the next comes when all goes on again."""

ENDED = 60.0
"""Seconds within which all that was due has ended, also what had to wait its turn."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Attack:
    """What to attack, and how."""

    kind: str
    broker: str
    seed: int
    seconds: float
    only: str = field(default_factory=lambda: os.environ.get("CHAOS_ONLY", ""))

    def __str__(self) -> str:
        return f"{self.kind} with {self.broker}, seed {self.seed}, {self.seconds:g} s"

    def faults(self) -> list[Fault]:
        """Return the faults that there can be."""
        return faults_of(self.kind, self.broker, self.only)


def attack(what: Attack, folder: Path, say: Say) -> Verdict:
    """Attack a site for so long; ``say`` is told what is done and what came of it."""
    with stage(what.kind, folder, broker=what.broker) as staged:
        staged.keep_nodes("left", "right")
        site = staged.site
        wait_until(
            lambda: site.runs(status="succeeded").count() > 20, 60, "the site works"
        )
        first = staged.now() + 1
        say(f"{what}")
        if staged.disk is None:
            say("  no disk may be mounted here: when it is full, files may not grow")
        trouble = Trouble(staged, what, say)
        trouble.make()
        last = staged.now()
        trouble.wait_for_the_end(last)
        verdict = judge(site, first, last, trouble.history)
        verdict.settled, verdict.stuck = trouble.settled, trouble.stuck + verdict.stuck
        for point, number in deaths(site):
            say(f"  {number:4} processes died {point}")
        for line in staged.server.complaints() if staged.server else []:
            say(f"  the server says: {line}")
        for line in verdict.lines():
            say(f"  {line}")
        say(f"{what}: {verdict}")
    return verdict


def deaths(site: AttackedSite) -> list[tuple[str, int]]:
    """Return the crash points at which processes died, and how many did."""
    path = site.witness.with_name(f"{site.witness.name}.crashes")
    lines = path.read_text().splitlines() if path.exists() else []
    return sorted(Counter(line.split(" ", 2)[2] for line in lines).items())


class Trouble:
    """Faults one after the other, alone or in bursts, and how soon all goes on."""

    def __init__(self, staged: Stage, what: Attack, say: Say) -> None:
        self._staged, self._what, self._say = staged, what, say
        self._chance = random.Random(what.seed)
        self._handlers = Handlers(staged.site.witness)
        self._began = time.monotonic()
        self.history: list[Blow] = []
        self.settled: dict[str, list[Settled]] = {}
        self.stuck: list[str] = []

    def make(self) -> None:
        """Attack for as long as was asked for, and end all that lasts."""
        order: list[Fault] = []
        while time.monotonic() - self._began < self._what.seconds:
            if not order:  # Each has its turn before any has its second.
                possible = self._what.faults()
                order = self._chance.sample(possible, len(possible))
            fault, cores = order.pop(), Cores(self._staged)
            self._attack_by(fault)
            # Both are drawn, so that what follows is the same whatever happens.
            pause, ends = self._chance.uniform(*BETWEEN), self._chance.random()
            if ends < ALONE:
                self._settle(fault.name)
            else:
                time.sleep(pause)
            self.history[-1].without_a_core = cores.waited()
        self._staged.calm()
        self._settle(self.history[-1].fault.name)

    def _attack_by(self, fault: Fault) -> None:
        witness = self._staged.site.witness
        self.history.append(Blow(witness.stat().st_size, fault))
        self._say(f"  {time.monotonic() - self._began:6.1f} s  {fault.name}")
        # By its turn, not by what was drawn before: the same fault does the same.
        chance = random.Random(f"{self._what.seed} {len(self.history)}")
        try:
            fault.attack(self._staged, chance)
        except DatabaseError as error:
            self._say(f"            the database would not have it: {error}")

    def _settle(self, after: str) -> None:
        settled = settle(self._staged, self._handlers)
        self.settled.setdefault(after, []).append(settled)
        self._say(
            f"            all went on after {settled.seconds:.1f} s "
            f"({settled.waited_for_a_core:.1f} s without a core)"
        )
        self.stuck += [f"after {after}: {fact}" for fact in settled.stuck]
        if settled.seconds > LIMIT:
            self._say(f"            the last to go on: {settled.last}")
        for fact in settled.stuck:
            self._say(f"            stuck: {fact}")

    def wait_for_the_end(self, last: int) -> None:
        """Wait until all that was due has been decided and has ended."""
        site = self._staged.site

        def is_over() -> bool:
            due = site.jobs(next_run_at__lte=at(last))
            open_ = site.runs(status__in=UNFINISHED, scheduled_for__lte=at(last))
            try:
                return not due.exists() and not open_.exists()
            except DatabaseError as error:  # It may not have settled itself.
                self._say(f"            the database says: {error}")
                self._staged.forget_connection()
                return False

        # In vain: the verdict says what is stuck.
        with contextlib.suppress(AssertionError):
            wait_until(is_over, ENDED + LEASE, "all that was due has ended")
