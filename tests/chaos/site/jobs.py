"""Jobs of several kinds, due every one to five seconds; their names say how often."""

from __future__ import annotations

import time
from itertools import product

from cronmgmt import job
from tests.scenarios.site.witness import note

PERIODS = (1, 2, 3, 5)
KINDS = {
    "plain": {},
    "side-by-side": {"overlap": "allow"},
    "once": {"overlap": "allow", "on_lost": "fail"},
    "patient": {"overlap": "allow", "max_attempts": 3},
}


def work(run):
    """Say who does it, take a moment, and return the token it was done under."""
    note("START", run, token=run.fencing_token)
    time.sleep(0.02 + 0.3 * (run.fencing_token % 7 == 0))
    note("END", run, token=run.fencing_token)
    return run.fencing_token


for period, kind in product(PERIODS, KINDS):
    job(f"every-{period}-{kind}", every=f"{period}s", **KINDS[kind])(work)
