"""One job, due each second."""

from __future__ import annotations

from cronmgmt import job
from tests.scenarios.site.witness import note


@job("ticks", every="1s")
def ticks(run):
    """Note when it ran."""
    note("START", run)
    note("END", run)
