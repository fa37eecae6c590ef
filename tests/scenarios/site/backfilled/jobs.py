"""Jobs that must not overlap; they note when they are inside."""

from __future__ import annotations

import time

from cronmgmt import job
from tests.scenarios.site.witness import note


@job("alone-every-4s", every="4s")
def alone_every_4s(run):
    note("START", run)
    time.sleep(0.02)
    note("END", run)


@job("alone-every-second", every="1s")
def alone_every_second(run):
    alone_every_4s(run)
