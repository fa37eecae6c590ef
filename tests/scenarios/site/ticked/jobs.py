"""Work that a tick has trouble with, and work that is due all the time."""

from __future__ import annotations

import re
import time

from cronmgmt import job
from tests.scenarios.site.witness import note


@job("hangs", on_lost="fail")
def hangs(run):
    """Hold the interpreter for ever, in C."""
    note("START", run)
    re.match(r"(a+)+$", "a" * 64 + "b")


@job("due-always", every="1s", overlap="allow")
def due_always(run):
    """Note when it ran."""
    note("START", run)
    note("END", run)


@job("due-often", every="2s")
def due_often(run):
    """The same, never twice at once."""
    note("START", run)
    time.sleep(0.05)
    note("END", run)
