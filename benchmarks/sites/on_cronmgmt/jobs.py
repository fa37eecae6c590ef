"""The handlers."""

from __future__ import annotations

from benchmarks.sites import handlers
from cronmgmt import Run, handler


@handler("nothing")
def nothing(run: Run) -> None:
    """Do nothing."""
    handlers.nothing()


@handler("note")
def note(run: Run) -> None:
    """Note when the job was started."""
    handlers.note(run.job_name)
