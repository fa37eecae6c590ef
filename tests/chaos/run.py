"""One attack: a site, a seed, faults one after the other, and the verdict."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable
from pathlib import Path

from django.db import DatabaseError

from cronmgmt.models.run import UNFINISHED
from tests.chaos.faults import FAULTS, Fault
from tests.chaos.stage import LEASE, Stage, stage
from tests.chaos.verdict import Verdict, at, judge
from tests.scenarios.waiting import wait_until

BETWEEN = (0.5, 2.5)
"""Seconds between two faults, at least and at most."""

SETTLED = 60.0


def attack(
    kind: str, seed: int, seconds: float, folder: Path, say: Callable[[str], None]
) -> Verdict:
    """Attack a site for so long; ``say`` is told what is done and what came of it."""
    chance = random.Random(seed)
    with stage(kind, folder) as staged:
        staged.keep_nodes("left", "right")
        site = staged.site
        wait_until(
            lambda: site.runs(status="succeeded").count() > 20, 60, "the site works"
        )
        first = int(time.time()) + 1
        say(f"{kind}, seed {seed}, {seconds:g} s")
        _trouble(staged, chance, time.monotonic() + seconds, say)
        staged.calm()
        last = int(time.time())
        _settle(staged, last)
        verdict = judge(site, first, last)
        say(f"{kind}, seed {seed}: {verdict}")
    return verdict


def _trouble(
    staged: Stage, chance: random.Random, until: float, say: Callable[[str], None]
) -> None:
    possible = [fault for fault in FAULTS if staged.kind in fault.kinds]
    order: list[Fault] = []
    began = time.monotonic()
    while time.monotonic() < until:
        if not order:  # Each has its turn before any has its second.
            order = chance.sample(possible, len(possible))
        fault = order.pop()
        say(f"  {time.monotonic() - began:6.1f} s  {fault.name}")
        try:
            fault.attack(staged, chance)
        except DatabaseError as error:
            say(f"            the database would not have it: {error}")
        time.sleep(chance.uniform(*BETWEEN))


def _settle(staged: Stage, last: int) -> None:
    """Wait until all that was due has been decided and has ended."""
    site = staged.site

    def is_settled() -> bool:
        due = site.jobs(next_run_at__lte=at(last))
        open_ = site.runs(status__in=UNFINISHED, scheduled_for__lte=at(last))
        return not due.exists() and not open_.exists()

    # In vain: the verdict says what is stuck.
    with contextlib.suppress(AssertionError):
        wait_until(is_settled, SETTLED + LEASE, "all that was due has ended")
