"""Locks over real processes: what the handlers noted is the witness."""

from __future__ import annotations

import os
import signal

import pytest

from cronmgmt.models import LockSlot, Status
from tests.scenarios.waiting import wait_until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]


@pytest.fixture
def locked(site):
    """A site whose jobs need locks."""
    site.apps = ["tests.scenarios.site.locked"]
    return site


def most_inside(notes):
    """Return how many were inside at once, at most."""
    inside = most = 0
    for note in notes:
        inside += 1 if note["event"] == "START" else -1
        most = max(most, inside)
    return most


def holders(site):
    slots = LockSlot.objects.using(site.database.alias)
    return slots.filter(run__isnull=False).count()


def test_two_nodes_never_exceed_a_limit_and_reach_it(locked):
    nodes = [locked.node(name=name) for name in ("left", "right")]
    runs = [locked.trigger("send", seconds=1.0) for _ in range(4)]
    runs += [
        locked.trigger(name) for _ in range(8) for name in ("copy", "backup", "send")
    ]

    for run in runs:
        assert locked.ended(run, within=30).status == Status.SUCCEEDED

    shared = [note for note in locked.notes() if note["job"] in ("copy", "backup")]
    assert len(shared) == 32
    assert most_inside(shared) == 1
    assert most_inside(locked.notes(job="send")) == 3
    assert holders(locked) == 0
    assert not any("eadlock" in node.output() for node in nodes)


@pytest.mark.part("0.11", "4.1")
def test_the_lock_of_a_killed_worker_is_free_for_the_next(locked):
    locked.node()
    held = locked.trigger("stays-once-inside")
    worker = locked.noted("START", execution_id=held)["pid"]
    blocked = locked.trigger("copy")
    wait_until(lambda: locked.run(blocked).status == "waiting", 5, "it is parked")
    holder = locked.run(held)
    assert locked.run(blocked).reason == (
        f"Waits for the lock db, held by run {holder.pk}."
    )

    os.kill(worker, signal.SIGKILL)

    for run in (held, blocked):
        assert locked.ended(run).status == Status.SUCCEEDED
    assert locked.run(held).losses == 1
    assert holders(locked) == 0


@pytest.mark.once
@pytest.mark.part("0.11", "4.1")
def test_a_holder_that_wakes_up_late_ends_and_frees_what_is_anothers_for_nobody(locked):
    locked.conf = {"LEASE": 3.0, "BEAT": 0.5}
    node = locked.node()
    late = locked.trigger("stays-once-inside")
    worker = locked.noted("START", execution_id=late)["pid"]
    os.kill(worker, signal.SIGSTOP)
    done = locked.ended(late, within=20)
    holder = locked.trigger("copy", seconds=8)
    locked.noted("START", execution_id=holder)
    log = locked.log(late)

    os.kill(worker, signal.SIGCONT)

    wait_until(
        lambda: "was not ours any more" in node.output() or worker not in node.pids(),
        7,
        "its handler, which would stay for minutes, has ended",
    )
    assert locked.slots(run__execution_id=holder).exists()
    assert locked.run(holder).status == Status.RUNNING
    assert locked.ended(holder, within=20).status == Status.SUCCEEDED
    assert locked.run(late).finished_at == done.finished_at
    assert locked.log(late) == log


def test_runs_of_a_job_that_waits_go_one_after_another(locked):
    locked.node()
    runs = [locked.trigger("waits") for _ in range(4)]

    for run in runs:
        assert locked.ended(run).status == Status.SUCCEEDED

    assert most_inside(locked.notes(job="waits")) == 1
    begun = [note["execution_id"] for note in locked.notes("START")]
    assert begun == runs


@pytest.mark.once
def test_a_replaced_run_is_interrupted_and_the_new_one_starts_after_it(locked):
    locked.node()
    old = locked.trigger("replaces")
    locked.noted("START", execution_id=old)

    new = locked.trigger("replaces", seconds=0.1)

    ended = locked.ended(old)
    assert ended.status == Status.CANCELLED
    assert ended.reason == f"Replaced by run {locked.run(new).pk}."
    assert locked.ended(new).status == Status.SUCCEEDED
    assert most_inside(locked.notes()) == 1
