"""Fifty jobs that share a handler: five for each period from one to ten seconds.

Their names say how often they are due: ``every-3-c`` every three seconds.
"""

from __future__ import annotations

from itertools import product

from cronmgmt import job
from tests.scenarios.site.witness import note


def work(run):
    """Note that it ran."""
    note("START", run)
    note("END", run)


for period, letter in product(range(1, 11), "abcde"):
    job(f"every-{period}-{letter}", every=f"{period}s")(work)
