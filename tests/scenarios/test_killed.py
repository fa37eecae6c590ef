"""kill -9 of each kind of process: its work is done by another."""

from __future__ import annotations

import os
import re
import signal

import pytest

from cronmgmt.models import Status
from tests.scenarios.waiting import wait_until

# Whoever has the time for the long form of the soak has it for this as well.
TRIES = 4 if "SOAK_SECONDS" in os.environ else 1

pytestmark = [pytest.mark.part("0.11"), pytest.mark.chaos, pytest.mark.broker]


def kill(pid):
    os.kill(pid, signal.SIGKILL)


def started(site, job, **params):
    """Trigger a job; return its run's id and the worker that has started it."""
    run_id = site.trigger(job, **params)
    return run_id, site.noted("START", execution_id=run_id)["pid"]


def test_a_killed_workers_run_starts_again_within_three_seconds(site):
    site.node()
    run_id, worker = started(site, "stays")

    kill(worker)

    site.noted("END", execution_id=run_id, within=3)
    run = site.ended(run_id)
    assert (run.status, run.attempt, run.losses) == (Status.SUCCEEDED, 1, 1)
    (attempt,) = site.attempts(run_id)
    assert attempt.outcome == "lost"
    assert "died" in attempt.reason
    assert f":{worker}:" in attempt.worker


@pytest.mark.once
def test_a_run_that_must_not_be_repeated_is_lost(site):
    site.node()
    run_id, worker = started(site, "stays-once")

    kill(worker)

    run = site.ended(run_id, within=3)
    assert (run.status, run.losses) == (Status.LOST, 0)
    assert "died" in run.reason
    assert len(site.notes("START", execution_id=run_id)) == 1


@pytest.mark.parametrize("nth", [0, pytest.param(1, marks=pytest.mark.once)])
def test_work_goes_on_when_an_idle_worker_is_killed(site, nth):
    """One of them waits inside django-q2's queue and holds its lock."""
    node = site.node()

    for _ in range(TRIES):
        kill(node.workers()[nth])

        run_id = site.trigger("ok")
        assert site.ended(run_id, within=15).status == Status.SUCCEEDED
        wait_until(lambda: len(node.workers()) == 2, 15, "there are two workers")


def test_work_goes_on_when_all_idle_workers_are_killed(site):
    node = site.node()

    for worker in node.workers():
        kill(worker)

    assert site.ended(site.trigger("ok"), within=15).status == Status.SUCCEEDED


@pytest.mark.once
def test_a_killed_sentinel_is_replaced_and_its_work_ends_in_order(site):
    site.conf = {"SHUTDOWN_GRACE": 2.0}
    node = site.node()
    short, _ = started(site, "naps-once", seconds=1)
    long, _ = started(site, "stays-once")
    root = node.crew_root()

    kill(root)

    assert site.ended(site.trigger("ok")).status == Status.SUCCEEDED
    for run in (site.ended(short), site.ended(long)):
        assert (run.status, run.losses) == (Status.SUCCEEDED, 0)
    assert len(site.notes("START", execution_id=short)) == 1
    wait_until(lambda: len(node.workers()) == 2, 10, "the old workers are gone")


@pytest.mark.once
def test_an_idle_worker_that_is_killed_harms_no_other(site):
    """The others are started anew if it held the queue's lock; none loses its run."""
    site.conf = {"SHUTDOWN_GRACE": 20.0}
    node = site.node()
    run_id, busy = started(site, "naps-once", seconds=8)

    kill(next(pid for pid in node.workers() if pid != busy))

    assert site.ended(site.trigger("ok"), within=15).status == Status.SUCCEEDED
    run = site.ended(run_id, within=15)
    assert (run.status, run.losses) == (Status.SUCCEEDED, 0)
    assert len(site.notes("START", execution_id=run_id)) == 1


@pytest.mark.once
def test_the_death_of_what_takes_their_results_is_no_end(site):
    node = site.node()
    node.wait_for_output("monitoring at", within=5)
    monitor = re.search(r"monitoring at (\d+)", node.output())[1]

    kill(int(monitor))
    node.wait_for_output("started anew", within=5)

    assert site.ended(site.trigger("ok")).status == Status.SUCCEEDED
    rings = "SELECT count(*) FROM django_q_ormq"
    wait_until(lambda: site.ask_database(rings) == [(0,)], 5, "rings are acknowledged")


@pytest.mark.once
def test_no_worker_outlives_its_node_at_a_lock_that_a_dead_one_kept(site):
    site.conf = {"SHUTDOWN_GRACE": 1.0, "INTERRUPT_GRACE": 1.0}
    node = site.node()

    for worker in node.workers()[:1]:
        kill(worker)
    kill(node.pid)

    wait_until(node.is_gone, 12, "its processes are gone")


@pytest.mark.part("4.8", "4.12")
def test_workers_whose_node_is_killed_stop_and_another_takes_over(site):
    site.conf = {"SHUTDOWN_GRACE": 1.0}
    site.apps = ["tests.scenarios.site.ticking"]
    node = site.node(name="first")
    run_id, _ = started(site, "stays-once")
    other = site.node(name="other")

    kill(node.pid)

    wait_until(lambda: node.is_gone(), 10, "its processes are gone")
    run = site.ended(run_id)
    assert (run.status, run.losses) == (Status.SUCCEEDED, 0)
    assert run.worker.startswith("other:")
    assert ticks_by(site, other)


def test_a_killed_nodes_run_is_done_by_another_after_its_lease(site):
    site.conf = {"LEASE": 3.0}
    node = site.node(name="first")
    run_id, _ = started(site, "stays")
    site.node(name="other")

    node.signal_all(signal.SIGKILL)

    run = site.ended(run_id, within=12)
    assert (run.status, run.losses) == (Status.SUCCEEDED, 1)
    assert run.worker.startswith("other:")
    (attempt,) = site.attempts(run_id)
    assert "lease" in attempt.reason


@pytest.mark.part("4.1")
def test_a_worker_that_wakes_up_late_changes_nothing(site):
    site.conf = {"LEASE": 3.0}
    node = site.node()
    run_id, worker = started(site, "naps", seconds=2)

    os.kill(worker, signal.SIGSTOP)
    run = site.ended(run_id, within=15)
    os.kill(worker, signal.SIGCONT)

    # Its watchdog may be the first to see how late it is, and end the process.
    wait_until(
        lambda: "was not ours any more" in node.output() or worker not in node.pids(),
        10,
        "the late worker has done what it can",
    )
    assert site.ended(site.trigger("ok")).status == Status.SUCCEEDED
    same = site.run(run_id)
    assert (same.status, same.losses, same.worker) == ("succeeded", 1, run.worker)
    assert same.finished_at == run.finished_at


def ticks_by(site, node):
    """Wait until a run of the ticking job was made and done by that node."""
    return wait_until(
        lambda: site.runs(
            job_name="ticks", status="succeeded", worker__startswith=f"{node.name}:"
        ).exists(),
        10,
        f"{node.name} schedules and works",
    )
