"""The handlers."""

from __future__ import annotations

from benchmarks.sites import handlers
from cronmgmt import Run, handler


@handler("nothing")
def nothing(run: Run) -> None:
    """Do nothing."""
    handlers.nothing()


@handler("take")
def take(run: Run, number: int) -> None:
    """Do nothing with what it is handed."""
    handlers.take(number)


@handler("note")
def note(run: Run) -> None:
    """Note when the job was started."""
    handlers.note(run.job_name)
