"""Jobs of several kinds, due every one to five seconds; their names say how often."""

from __future__ import annotations

import os
import time
from typing import Any

from cronmgmt import job
from tests.chaos.site.places import inside
from tests.scenarios.site.witness import note

EVERY = (1, 3, 5)
SHARED = (1, 2, 5)
SOMETIMES = (2, 5)
AT_ONCE = 2
"""So many runs may have the shared lock."""

KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "side-by-side": {"overlap": "allow"},
    "once": {"overlap": "allow", "on_lost": "fail"},
    "patient": {"overlap": "allow", "max_attempts": 3},
}
UNDER_A_LOCK: dict[str, dict[str, Any]] = {
    "sharing": {"overlap": "allow", "lock_key": "shared", "concurrency": AT_ONCE},
    "waiting": {"overlap": "wait"},
    "replacing": {"overlap": "replace"},
}
PERIODS = {
    **{f"every-{period}-{kind}": period for period in EVERY for kind in KINDS},
    **{f"every-{period}-sharing": period for period in SHARED},
    **{f"every-{period}-waiting": period for period in SOMETIMES},
    **{f"every-{period}-replacing": period for period in SOMETIMES},
}
"""Every job, and the seconds from one of its occurrences to the next."""


VERSION = int(os.environ.get("CHAOS_VERSION", "1"))
"""Each deploy has the next one."""

NEWER = 2
"""Seconds from one occurrence to the next of a job that came with a deploy."""


def work(run):
    """Say who does it, take a moment, and return the token it was done under."""
    return _work(run)


def work_anew(run, thoroughly: bool = False):
    """The same in a newer version, which takes a parameter that the old one did not."""
    return _work(run)


def _work(run, seconds: float = 0.0) -> int:
    note("START", run, token=run.fencing_token, version=VERSION)
    time.sleep(0.02 + 0.3 * (run.fencing_token % 7 == 0) + seconds)
    note("END", run, token=run.fencing_token)
    return int(run.fencing_token)


def share(run):
    """The same, in one of the few places that there really are."""
    with inside(run, "shared", AT_ONCE):
        return _work(run, 0.5)


def keep_to_itself(run):
    """The same, where there is one place for each job."""
    slow = run.scheduled_for and int(run.scheduled_for.timestamp()) % 3 == 0
    with inside(run, run.job_name, 1):
        return _work(run, 1.5 if slow else 0.2)


HANDLERS = {"sharing": share, "waiting": keep_to_itself, "replacing": keep_to_itself}
WORK = work if VERSION == 1 else work_anew

for name, period in PERIODS.items():
    kind = name.removeprefix(f"every-{period}-")
    policies = {**KINDS, **UNDER_A_LOCK}[kind]
    job(name, every=f"{period}s", **policies)(HANDLERS.get(kind, WORK))

for version in range(2, VERSION + 1):
    job(f"since-{version}", every=f"{NEWER}s", overlap="allow")(work_anew)
