"""What every worker will do first, done once before they are forked.

What is compiled, imported and remembered on the way is then shared by all of them,
instead of being made in each: a sixth of a worker's own memory.
"""

from __future__ import annotations

import time

from cronmgmt import clock
from cronmgmt.engine import claiming
from cronmgmt.engine.connections import tidied
from cronmgmt.engine.output import Output, captured
from cronmgmt.engine.pace import MOST
from cronmgmt.engine.places import Places
from cronmgmt.engine.surroundings import kept
from cronmgmt.models import JobRun, database
from cronmgmt.telemetry.redaction import Redactor


def rehearse() -> None:
    """Claim and start a run that does not exist, in a few statements."""
    # Not zero, which MariaDB does not take for a key.
    nobody = JobRun(pk=-1, priority=0, available_at=clock.now(database()))
    nobody.clock_read, nobody.seen = nobody.available_at, time.monotonic()
    places = Places()
    places.started_over("", 0.0)
    places.passed("", nobody)
    claiming.claim("", MOST, places=places)
    claiming.take([nobody], token="")
    claiming.start(nobody)
    with tidied(), kept(), captured(Output(None, Redactor())):
        pass
