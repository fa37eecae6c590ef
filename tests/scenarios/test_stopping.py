"""SIGTERM: running work ends or is handed back, and nothing is left behind."""

from __future__ import annotations

import os
import signal

import pytest

from cronmgmt.models import Status
from tests.scenarios.waiting import wait_until

pytestmark = [pytest.mark.part("4.8"), pytest.mark.broker]


def to_the_node(node):
    node.signal(signal.SIGTERM)


def to_its_group(node):
    os.killpg(node.pid, signal.SIGTERM)


def to_each_process(node):
    """As systemd does, unless it is told otherwise."""
    node.signal_all(signal.SIGTERM)


def to_each_process_by_ctrl_c(node):
    node.signal_all(signal.SIGINT)


@pytest.mark.parametrize(
    "ask",
    [
        to_the_node,
        to_each_process,
        pytest.param(to_its_group, marks=pytest.mark.once),
        pytest.param(to_each_process_by_ctrl_c, marks=pytest.mark.once),
    ],
)
def test_running_work_ends_before_the_node_does(site, ask):
    node = site.node()
    run_id = site.trigger("naps-once", seconds=1)
    site.noted("START", execution_id=run_id)

    ask(node)

    assert node.wait(within=8) == 0
    assert node.is_gone()
    run = site.run(run_id)
    assert (run.status, run.attempt, run.losses) == (Status.SUCCEEDED, 1, 0)
    assert site.notes("END", execution_id=run_id)
    assert site.nodes().get().stopped_at


@pytest.mark.once
@pytest.mark.parametrize("nth", [0, 1])
def test_a_lock_that_a_killed_worker_kept_does_not_hold_it_up(site, nth):
    """One of the idle workers waits inside django-q2's queue and holds its lock."""
    site.conf = {"SHUTDOWN_GRACE": 60.0}
    node = site.node()

    os.kill(node.workers()[nth], signal.SIGKILL)
    to_each_process(node)

    assert node.wait(within=15) == 0
    assert node.is_gone()


@pytest.mark.once
def test_an_idle_node_stops_at_once(site):
    node = site.node()

    node.signal(signal.SIGTERM)

    assert node.wait(within=4) == 0
    assert node.is_gone()


@pytest.mark.once
def test_a_node_that_has_hardly_started_stops(site):
    node = site.start("node", "qcluster")
    node.wait_for_output("ready for work", within=10)

    node.signal_all(signal.SIGTERM)

    assert node.wait(within=8) == 0
    assert node.is_gone()


@pytest.mark.parametrize("job", ["stays-once", "stays-whatever-comes"])
def test_what_outlasts_the_grace_is_handed_to_the_next_node(site, job):
    site.conf = {"SHUTDOWN_GRACE": 1.0, "INTERRUPT_GRACE": 1.0}
    node = site.node()
    run_id = site.trigger(job)
    site.noted("START", execution_id=run_id)

    node.signal_all(signal.SIGTERM)

    assert node.wait(within=8) == 0
    assert node.is_gone()
    run = site.run(run_id)
    assert (run.status, run.attempt, run.losses) == (Status.QUEUED, 0, 0)
    site.node(name="next")
    run = site.ended(run_id)
    assert (run.status, run.attempt, run.losses) == (Status.SUCCEEDED, 1, 0)
    assert [a.outcome for a in site.attempts(run_id)] == ["handed_back"]
    assert len(site.notes("START", execution_id=run_id)) == 2


@pytest.mark.once
def test_a_thread_that_a_handler_left_keeps_nobody_waiting(site):
    site.apps = ["tests.scenarios.site.nasty"]
    node = site.node()
    assert site.ended(site.trigger("leaves-a-thread")).status == Status.SUCCEEDED

    node.signal(signal.SIGTERM)

    assert node.wait(within=5) == 0
    assert node.is_gone()


@pytest.mark.once
def test_a_second_request_ends_everything_at_once(site):
    node = site.node()
    run_id = site.trigger("stays")
    site.noted("START", execution_id=run_id)

    node.signal(signal.SIGTERM)
    node.wait_for_output("Stopping", within=5)
    wait_until(lambda: asked_again(node), 5, "the node has ended")

    assert node.is_gone()
    run = site.run(run_id)
    assert (run.status, run.losses) == (Status.QUEUED, 1)


@pytest.mark.once
def test_nothing_is_left_in_the_folder_for_temporary_files(site):
    node = site.node()
    run_id = site.trigger("stays")
    os.kill(site.noted("START", execution_id=run_id)["pid"], signal.SIGKILL)
    site.ended(run_id)

    node.signal(signal.SIGTERM)
    node.wait(within=8)

    assert not [path for path in site.temporary.rglob("*") if path.is_file()]


def asked_again(node):
    """Repeat the request, as an impatient person does; tell whether it ended."""
    if node.status() is None:
        node.signal(signal.SIGTERM)
    return node.status() is not None
