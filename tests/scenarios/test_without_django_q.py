"""``manage.py cronmgmt work``: a node with workers of its own."""

from __future__ import annotations

import os
import signal

import pytest

from cronmgmt.models import Status
from tests.scenarios.conftest import site_on
from tests.scenarios.waiting import wait_until

ALONE = "tests.scenarios.site.alone"
RELOADED = """
from cronmgmt import job
from tests.scenarios.site.witness import note

@job("says", overlap="allow")
def says(run):
    note("{event}", run)
"""


@pytest.fixture
def alone(template):
    """A site that has no django-q2."""
    yield from site_on(template, settings=ALONE)


def work(site, *options, name="node", **conf):
    """Start the command and wait until it works."""
    node = site.start(name, "cronmgmt", "work", *options, INSTANCE=name, **conf)
    site.wait_for_node(node)
    return node


@pytest.mark.once
@pytest.mark.part("1.8", "4.12")
def test_jobs_are_scheduled_and_run(alone):
    alone.apps = ["tests.scenarios.site.ticking"]
    work(alone, "--workers", "2")

    runs = alone.runs(job_name="ticks", status="succeeded")
    wait_until(lambda: runs.count() >= 4, 15, "four seconds have ticked")

    assert not alone.runs(job_name="ticks", status="skipped").exists()
    late = [(run.started_at - run.scheduled_for).total_seconds() for run in runs]
    assert sorted(late)[len(late) // 2] < 0.5


@pytest.mark.once
def test_what_is_triggered_elsewhere_starts_soon(alone):
    work(alone)

    for _ in range(2):
        run_id = alone.trigger("ok")
        assert alone.ended(run_id, within=3).status == Status.SUCCEEDED


@pytest.mark.once
def test_it_works_on_every_queue_unless_told_otherwise(alone):
    work(alone, "--queue", "slow")

    waits, runs = alone.trigger("ok"), alone.trigger("on-another-queue")

    assert alone.ended(runs).status == Status.SUCCEEDED
    assert alone.run(waits).status == Status.QUEUED
    work(alone, name="all")
    assert alone.ended(waits).status == Status.SUCCEEDED


@pytest.mark.once
@pytest.mark.part("4.8")
@pytest.mark.parametrize("everybody", [False, True])
def test_running_work_ends_before_the_node_does(alone, everybody):
    node = work(alone)
    run_id = alone.trigger("naps-once", seconds=1.5)
    alone.noted("START", execution_id=run_id)

    (node.signal_all if everybody else node.signal)(signal.SIGTERM)

    assert node.wait(within=8) == 0
    assert node.is_gone()
    assert alone.run(run_id).status == Status.SUCCEEDED


@pytest.mark.once
@pytest.mark.part("4.8")
def test_what_outlasts_the_grace_is_handed_back(alone):
    alone.conf = {"SHUTDOWN_GRACE": 1.0}
    node = work(alone)
    run_id = alone.trigger("stays-once")
    alone.noted("START", execution_id=run_id)

    node.signal(signal.SIGTERM)

    assert node.wait(within=8) == 0
    assert node.is_gone()
    run = alone.run(run_id)
    assert (run.status, run.attempt, run.losses) == (Status.QUEUED, 0, 0)


@pytest.mark.part("0.11")
@pytest.mark.chaos
def test_a_killed_workers_run_starts_again_within_three_seconds(alone):
    node = work(alone)
    run_id = alone.trigger("stays")
    worker = alone.noted("START", execution_id=run_id)["pid"]
    assert worker in node.workers()

    os.kill(worker, signal.SIGKILL)

    alone.noted("END", execution_id=run_id, within=3)
    run = alone.ended(run_id)
    assert (run.status, run.losses) == (Status.SUCCEEDED, 1)
    wait_until(lambda: len(node.workers()) == 2, 5, "there are two workers again")


@pytest.mark.once
@pytest.mark.chaos
def test_everything_below_a_killed_node_stops(alone):
    alone.conf = {"SHUTDOWN_GRACE": 1.0}
    node = work(alone)
    run_id = alone.trigger("stays-once")
    alone.noted("START", execution_id=run_id)

    node.signal(signal.SIGKILL)

    wait_until(node.is_gone, 10, "its processes are gone")
    assert alone.run(run_id).status == Status.QUEUED


@pytest.mark.once
@pytest.mark.chaos
@pytest.mark.part("0.11")
def test_a_killed_root_of_the_workers_is_replaced(alone):
    alone.conf = {"SHUTDOWN_GRACE": 1.0}
    node = work(alone)
    run_id = alone.trigger("stays")
    alone.noted("START", execution_id=run_id)

    os.kill(node.crew_root(), signal.SIGKILL)

    assert alone.ended(run_id, within=10).status == Status.SUCCEEDED


@pytest.mark.once
def test_a_pool_of_processes_can_be_used_and_ended(alone):
    alone.apps = ["tests.scenarios.site.nasty"]
    work(alone)

    run = alone.ended(alone.trigger("uses-a-pool"))

    assert (run.status, run.result) == (Status.SUCCEEDED, [1, 4, 9])


@pytest.mark.once
def test_changed_code_is_taken_up(alone):
    app = alone.folder / "reloaded"
    app.mkdir()
    (app / "__init__.py").touch()
    (app / "jobs.py").write_text(RELOADED.format(event="BEFORE"))
    alone.path, alone.apps = [alone.folder], ["reloaded"]
    node = alone.start("node", "cronmgmt", "work", "--reload")
    wait_until(lambda: alone.jobs(name="says").exists(), 15, "the job is there")
    alone.noted("BEFORE", execution_id=alone.trigger("says"))

    (app / "jobs.py").write_text(RELOADED.format(event="AFTER!"))

    wait_until(lambda: says(alone) == "AFTER!", 15, "the new code runs")
    node.signal(signal.SIGINT)
    node.wait(within=10)
    wait_until(node.is_gone, 10, "nothing is left of it")


def says(site):
    run_id = site.trigger("says")
    return wait_until(lambda: site.notes(execution_id=run_id), 10, "it ran")[0]["event"]
