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
from cronmgmt.engine.output import Echo
from cronmgmt.engine.replacing import ENDED, UNSTARTED, pass_on
from cronmgmt.errors import Blocked
from cronmgmt.models import JobRun, Status, database


def run_here(
    name: str,
    actor: Actor,
    *,
    params: Mapping[str, Any] | None = None,
    echo: TextIO | Echo | None = None,
    target: str = "",
) -> JobRun:
    """Run a job in this process and return its finished run; nothing is retried.

    What it prints goes to the run's log and to ``echo``. Raises what ``trigger``
    raises, and Blocked when its lock is taken. ``target`` is the one to do; all by
    default.
    """
    run = trigger(
        name,
        actor,
        params=params,
        target=target,
        status=Status.CLAIMED,
        claim_token=uuid.uuid4().hex,
        worker=workers.this(),
        claims=1,
        lease_expires_at=sql_now(lease()),
        max_attempts=1,
    )
    run.seen, run.clock_read = time.monotonic(), clock.now(database())
    if start(run):
        outcome = execute(run, echo)
        outcome.unknown = outcome.refused = False  # Here and now, or not at all.
        finish_surely(run, outcome)
    elif run.lock_digest:
        _refuse(run)
    return JobRun.objects.get(pk=run.pk)


def _refuse(run: JobRun) -> None:
    """Cancel a run that was parked: it was to be run here and now, or not at all."""
    parked = JobRun.objects.filter(pk=run.pk, status__in=UNSTARTED)
    reason = parked.values_list("reason", flat=True).first()
    if parked.update(**ENDED, finished_at=sql_now(), reason="Its lock was taken."):
        pass_on(run.pk)
        raise Blocked(f"{run.job_name} was not run. {reason}")
