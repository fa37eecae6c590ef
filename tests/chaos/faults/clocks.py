"""Clocks of hosts and of databases that are wrong, or become it."""

from __future__ import annotations

import random
import time

from tests.chaos.clocks import set_clock
from tests.chaos.faults import SERVERS, fault
from tests.chaos.faults.processes import any_node, kill_node
from tests.chaos.stage import LEASE, Stage

HOUR = 3600


# Not with SQLite: its clock is that of whichever process asks.
@fault(
    "a node comes up on a host whose clock is off by minutes, then by hours",
    kinds=SERVERS,
    repeats=True,
)
def skew(stage: Stage, chance: random.Random) -> None:
    for most in (HOUR // 12, 5 * HOUR):
        stage.site.skew = chance.choice([most, -most])
        kill_node(stage, chance)
        time.sleep(3.0)
    stage.site.skew = 0


@fault(
    "a host's clock jumps by hours while its node works", kinds=SERVERS, repeats=True
)
def jump(stage: Stage, chance: random.Random) -> None:
    name = any_node(stage, chance)
    set_clock(stage.site.folder, 0)
    stage.site.jumpy, old = True, stage.nodes[name]
    stage.kill_node(name)
    stage.wait_for_another(name, old)
    stage.site.jumpy = False
    for hours in (*chance.sample([-5, -1, 1, 5], 2), 0):
        set_clock(stage.site.folder, hours * HOUR)
        time.sleep(LEASE / 2)


@fault("the database's clock is set an hour forward", kinds=SERVERS)
def set_forward(stage: Stage, chance: random.Random) -> None:
    assert stage.server
    stage.server.set_clock(stage.server.clock_is_off + HOUR)


@fault("the database's clock is an hour slow for a lease", kinds=SERVERS)
def set_back(stage: Stage, chance: random.Random) -> None:
    # And forward again: until it shows what it showed before, nothing comes due.
    assert stage.server
    right = stage.server.clock_is_off
    stage.server.set_clock(right - HOUR)
    time.sleep(LEASE)
    stage.server.set_clock(right)
