"""Plain handlers: what an ordinary site has."""

from __future__ import annotations

import contextlib
import logging
import time
from datetime import timedelta

from cronmgmt import job
from tests.scenarios.site.surroundings import surroundings
from tests.scenarios.site.witness import note


@job("ok")
def ok(run):
    """Say what a run finds around it."""
    note("START", run)
    note("END", run)
    return surroundings()


@job("naps", overlap="allow")
def naps(run, seconds: float = 1.0):
    """Sleep as one does who waits for somebody else's answer."""
    note("START", run)
    time.sleep(seconds)
    note("END", run)


@job("naps-once", on_lost="fail")
def naps_once(run, seconds: float = 1.0):
    """The same, for work that must not be done twice."""
    naps(run, seconds)


@job("fails", max_attempts=3, backoff=timedelta(seconds=0.2))
def fails(run):
    note("START", run)
    raise RuntimeError(f"attempt {run.attempt} failed")


@job("stays")
def stays(run):
    """Take for ever the first time, and no time when begun anew."""
    if begins(run):
        time.sleep(600)
    note("END", run)


def begins(run):
    """Tell whether no run of this execution was started before."""
    first = run.checkpoint() is None
    run.checkpoint("was here")
    note("START", run)
    return first


@job("stays-once", on_lost="fail")
def stays_once(run):
    """The same, where a crash must not lead to a second try."""
    stays(run)


@job("stays-whatever-comes", on_lost="fail")
def stays_whatever_comes(run):
    """The same, deaf to all requests to end."""
    deaf = begins(run)
    while deaf:
        with contextlib.suppress(BaseException):
            time.sleep(600)
    note("END", run)


@job("talks")
def talks(run):
    """Print, log and return."""
    print("this is printed")  # noqa: T201
    logging.getLogger("host").warning("this is logged")
    return {"counted": 3}


@job("fails-for-good")
def fails_for_good(run):
    note("START", run)
    raise RuntimeError("the source is gone")


@job("on-another-queue", queue="slow")
def on_another_queue(run):
    note("START", run)
    note("END", run)
