"""New code that takes the place of old code, node by node."""

from __future__ import annotations

import random
import signal

from tests.chaos.faults import fault
from tests.chaos.faults.processes import send
from tests.chaos.stage import Stage


@fault("a rolling deploy of code whose handlers have changed", repeats=True)
def roll(stage: Stage, chance: random.Random) -> None:
    # First the rows: while nobody else is there, the old code comes across them.
    stage.site.version += 1
    migrated = stage.site.call("migrate", "--verbosity=0")
    assert migrated.returncode == 0, migrated.stderr
    stage.site.deployed[f"since-{stage.site.version}"] = stage.now()
    for name in chance.sample(sorted(stage.nodes), len(stage.nodes)):
        old = stage.nodes[name]
        for pid in stage.processes(name):
            send(pid, signal.SIGTERM)
        stage.wait_for_another(name, old)
