"""A job that only the newer code knows."""

from __future__ import annotations

from cronmgmt import job
from tests.scenarios.site.witness import note


@job("newer")
def newer(run):
    note("START", run)
