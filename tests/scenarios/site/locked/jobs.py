"""Jobs under locks; each notes when it is inside."""

from __future__ import annotations

import time

from cronmgmt import job
from tests.scenarios.site.witness import note


def inside(run, seconds):
    """Stay inside for a while; whoever is interrupted has left as well."""
    note("START", run)
    try:
        time.sleep(seconds)
    finally:
        note("END", run)


@job("copy", overlap="allow", lock_key="db")
def copy(run, seconds: float = 0.05):
    inside(run, seconds)


@job("backup", overlap="allow", lock_key="db")
def backup(run, seconds: float = 0.05):
    inside(run, seconds)


@job("send", overlap="allow", concurrency=3)
def send(run, seconds: float = 0.05):
    inside(run, seconds)


@job("waits", overlap="wait")
def waits(run, seconds: float = 0.2):
    inside(run, seconds)


@job("replaces", overlap="replace")
def replaces(run, seconds: float = 600.0):
    inside(run, seconds)


@job("stays-once-inside", overlap="allow", lock_key="db")
def stays_once_inside(run):
    """Hold the lock for ever the first time; let go at once when begun anew."""
    first = run.checkpoint() is None
    run.checkpoint("was here")
    note("START", run)
    if first:
        time.sleep(600)
    note("END", run)
