"""A job whose workers are killed one after the other, while the cluster runs."""

from __future__ import annotations

import os
import signal
import sys

from cronmgmt.models import Status
from tests.project.site import wait_for


def survives(site, name, *, done, points):
    """Trigger a job, kill its worker whenever ``done()`` has got to a point.

    Returns the run, which was finished all the same.
    """
    before = set(site.runs(name).values_list("pk", flat=True))
    site.manage("cronmgmt", "trigger", name)
    run = site.runs(name).exclude(pk__in=before)
    killed = set()
    for point in points:
        wait_for(lambda point=point: done() >= point)
        # The dead one still has the run until the node has noticed.
        [worker] = wait_for(lambda: workers_of(run) - killed)
        os.kill(process_of(worker), signal.SIGKILL)
        killed.add(worker)
    wait_for(lambda: run.get().is_finished)
    assert (run.get().status, run.get().losses) == (Status.SUCCEEDED, len(points))
    return run.get()


def workers_of(run):
    """Return the worker that has the run, or nobody."""
    return set(run.filter(status=Status.RUNNING).values_list("worker", flat=True))


def process_of(worker):
    return int(worker.rsplit(":", 2)[1])


def chosen_seed():
    """Another one each time; set CRONMGMT_TEST_SEED to repeat what failed."""
    seed = os.environ.get("CRONMGMT_TEST_SEED") or os.urandom(4).hex()
    sys.stdout.write(f"CRONMGMT_TEST_SEED={seed}\n")
    return seed
