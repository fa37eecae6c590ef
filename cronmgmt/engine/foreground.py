"""One job, here and now: made, claimed and executed by this very process."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any, TextIO

from cronmgmt import clock
from cronmgmt.clock import sql_now
from cronmgmt.engine import workers
from cronmgmt.engine.actions import Actor, trigger
from cronmgmt.engine.claiming import start
from cronmgmt.engine.execution import execute
from cronmgmt.engine.leases import lease
from cronmgmt.engine.loop import finish_surely
from cronmgmt.models import JobRun, Status, database


def run_here(
    name: str,
    actor: Actor,
    *,
    params: Mapping[str, Any] | None = None,
    echo: TextIO | None = None,
) -> JobRun:
    """Run a job in this process and return its finished run; nothing is retried.

    What it prints goes to the run's log and to ``echo``. Raises what ``trigger``
    raises.
    """
    run = trigger(
        name,
        actor,
        params=params,
        status=Status.CLAIMED,
        claim_token=uuid.uuid4().hex,
        worker=workers.this(),
        claims=1,
        lease_expires_at=sql_now(lease()),
        max_attempts=1,
    )
    run.seen, run.clock_read = time.monotonic(), clock.now(database())
    if start(run):
        finish_surely(run, execute(run, echo))
    return JobRun.objects.get(pk=run.pk)
