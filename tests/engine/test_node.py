"""The parent of a node takes its steps again and again."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from cronmgmt.engine import scheduling
from cronmgmt.engine.crew import Worker
from cronmgmt.models import JobRun, Status
from cronmgmt.models import Node as NodeRow

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_a_turn_queues_what_is_due(make_node, make_job, clock):
    job = make_job()
    node = make_node()
    node.turn()

    clock.move(HOUR)
    node.turn()

    assert job.runs.get().status == Status.QUEUED


def test_it_decides_batch_after_batch_until_nothing_is_due(
    make_node, make_job, clock, monkeypatch
):
    monkeypatch.setattr(scheduling, "BATCH", 1)
    for name in ("members", "positions", "intercom"):
        make_job(name)
    clock.move(HOUR)

    make_node().turn()

    assert JobRun.objects.count() == 3


def test_what_came_due_before_its_first_look_was_missed(make_node, make_job, clock):
    make_job(misfire="none")
    clock.move(HOUR + SECOND)

    make_node().turn()

    assert JobRun.objects.get().status == Status.MISSED


@pytest.mark.parametrize(
    ("options", "site"), [({"schedules": False}, {}), ({}, {"ENABLED": False})]
)
def test_a_node_may_schedule_nothing(
    make_node, make_job, clock, settings, options, site
):
    settings.CRONMGMT = site
    make_job()
    clock.move(HOUR)

    make_node(**options).turn()

    assert not JobRun.objects.exists()


@pytest.mark.part("4.12")
def test_it_reports_that_it_is_there_and_schedules(make_node, crew, now):
    crew.workers = {1: None, 2: None}

    make_node().turn()

    row = NodeRow.objects.get()
    assert (row.workers, row.scheduling_since) == (2, now)


def test_it_recovers_what_other_workers_left(make_node, make_run, clock):
    make_run(status=Status.RUNNING, lease_expires_at=clock.time - SECOND)

    make_node().turn()

    assert JobRun.objects.get().status == Status.QUEUED


def test_it_recovers_at_once_what_its_own_dead_worker_held(make_node, crew, make_run):
    make_run(status=Status.RUNNING, worker="here:1:aaa")
    crew.dead = [Worker("here:1:aaa", None)]

    make_node().turn()

    assert JobRun.objects.get().status == Status.QUEUED
    assert crew.rings == ["default"]


def test_nothing_hangs_on_a_dead_worker_whose_place_was_taken(make_node, crew):
    crew.dead = [Worker("here:1:aaa", None, retired=True)]

    make_node().turn()

    assert crew.rings == []


def test_a_crew_that_is_gone_is_started_anew(make_node, crew):
    crew.alive = False

    make_node().turn()

    assert crew.restarts == 1


def test_a_deaf_crew_is_started_anew(make_node, crew, monkeypatch):
    node = make_node()
    monkeypatch.setattr(node.bells, "nobody_answers", lambda: True)

    node.turn()

    assert crew.restarts == 1


def test_it_rings_for_what_becomes_available_later(make_node, crew):
    node = make_node()
    node.ring_in("slow", timedelta(hours=1))
    node.ring_in("default", timedelta())

    node.turn()

    assert crew.rings == ["default"]


def test_it_rings_for_overdue_work(make_node, crew, make_run, clock):
    make_run(available_at=clock.time - HOUR)

    make_node().turn()

    assert crew.rings == ["default"]


def test_it_does_its_chores_now_and_then(make_node, make_run, clock):
    make_run(status=Status.SUCCEEDED, finished_at=clock.time - 100 * DAY)
    node = make_node()
    chores = node.housekeeping

    node.turn()
    assert JobRun.objects.exists()
    node._due["chores"] = chores.pruning.due = 0.0
    node.turn()

    assert not JobRun.objects.exists()
    assert node._due["chores"] > time.monotonic() + 60


def test_work_that_others_queued_for_later_is_rung_for_at_its_time(
    make_node, crew, make_run, now
):
    make_run(available_at=now + timedelta(seconds=3), queue="slow")
    node = make_node()

    node.turn()
    assert crew.rings == []
    (due, queue) = node._later[0]
    assert 2.5 < due - time.monotonic() <= 3.0

    node._later[0] = (due - 3, queue)
    node.turn()
    assert crew.rings == ["slow"]
