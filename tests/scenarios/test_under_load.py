"""Hundreds of runs while nodes come, go and lose workers: none is lost or doubled."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter

import pytest

from cronmgmt.models.run import UNFINISHED
from tests.scenarios.waiting import wait_until

RUNS, BATCH = 120, 30

pytestmark = pytest.mark.part("4.1", "4.8")


def test_a_rolling_deploy_runs_each_once(site):
    queue(site, BATCH, seconds=0.15)
    nodes = [site.node(name="old")]

    for name in ("new", "newer"):
        nodes.append(site.node(name=name))
        queue(site, BATCH, seconds=0.15)
        nodes[-2].signal_all(signal.SIGTERM)
        assert nodes[-2].wait(within=10) == 0

    wait_until(lambda: not left(site), 60, "all runs have ended")
    assert outcomes(site) == {("succeeded", 0, 1): 3 * BATCH}
    workers = {run.worker.split(":")[0] for run in site.runs()}
    assert workers == {"old", "new", "newer"}
    assert set(starts(site).values()) == {1}


@pytest.mark.chaos
def test_what_killed_workers_held_runs_again_and_nothing_else(site):
    queue(site, RUNS)
    node = site.node()

    for nth in (0, 1, 0):
        begun = len(site.notes("START"))
        wait_until(
            lambda more=begun + 20: len(site.notes("START")) > more, 20, "it works"
        )
        os.kill(node.workers()[nth], signal.SIGKILL)

    wait_until(lambda: not left(site), 60, "all runs have ended")
    begun = starts(site)
    for run in site.runs():
        assert run.status == "succeeded"
        # It was lost between its durable start and its first line, or after it.
        assert 1 <= begun[str(run.execution_id)] <= 1 + run.losses
    assert sum(run.losses for run in site.runs()) <= 3


@pytest.mark.once
@pytest.mark.part("1.9")
def test_a_sites_own_tasks_get_their_turn(site):
    site.workers = 1
    site.conf = {"SLICE": 1.0}
    queue(site, RUNS)
    site.node()

    begun = time.monotonic()
    site.ask("async_task", "tests.scenarios.site.tasks.note_task")

    wait_until(lambda: site.notes("TASK"), 15, "the site's own task ran")
    assert left(site), f"it waited for all runs: {time.monotonic() - begun:.1f} s"


def queue(site, count, seconds=0.06):
    for _ in range(count):
        site.trigger("naps", seconds=seconds)


def left(site):
    return site.runs(status__in=UNFINISHED).count()


def starts(site):
    return Counter(note["execution_id"] for note in site.notes("START"))


def outcomes(site):
    return Counter((run.status, run.losses, run.attempt) for run in site.runs())
