"""Memory limits: a run that exceeds its own fails, and its process makes way.

Python seldom gives memory back: what one run used up would be counted against the
next. So a process over a run's limit is replaced by a fresh one.
"""

from __future__ import annotations

import os

from cronmgmt.engine import watchdog
from cronmgmt.engine.outcomes import HANDED_BACK, Outcome
from cronmgmt.engine.rings import ring
from cronmgmt.engine.usage import MEGABYTE, resident_memory
from cronmgmt.models import JobRun

_used: int | None = None
"""the id of this process once it has executed a run"""


def mark_used() -> None:
    """Note that this process is not fresh any more."""
    global _used
    _used = os.getpid()


def wants_a_fresh_process(run: JobRun) -> Outcome | None:
    """Return the outcome of a run that cannot begin within its limit here.

    None where it may try, also in a fresh process: another would use as much.
    """
    if run.memory_limit is None or _used != os.getpid() or not watchdog.is_armed():
        return None
    used = resident_memory() // MEGABYTE
    if used <= run.memory_limit:
        return None
    return Outcome(
        HANDED_BACK,
        f"The worker process used {used} MB before the run began, and the job's limit "
        f"is {run.memory_limit} MB: a fresh one takes it.",
        ends_process=True,
    )


def make_way(queue: str) -> None:
    """End this process, if it is a worker; the node starts another in its place."""
    if watchdog.is_armed():
        ring(queue)
        os._exit(watchdog.EXIT_STATUS)
