"""A ring says that there is work; it may fail, and nothing else fails with it."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from cronmgmt.engine import rings
from cronmgmt.engine.cluster import doorbell


def test_the_workers_of_a_queue_are_rung_for(bell):
    rings.ring("slow", 3)

    assert bell.rings == [("slow", 3)]


def test_a_dead_broker_is_only_logged(bell, monkeypatch, caplog):
    def ring(queue, runs):
        raise ConnectionError("no broker")

    monkeypatch.setattr(bell, "ring", ring)
    rings.ring("slow")

    assert "Could not ring for queue slow" in caplog.text


def test_without_any_doorbell_nothing_happens(monkeypatch):
    monkeypatch.setattr(rings, "doorbell", lambda: None)

    rings.ring("slow")


@pytest.mark.django_db
def test_each_queue_is_rung_for_after_the_commit(
    bell, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        rings.ring_on_commit({"default": 2, "slow": 1})
        assert bell.rings == []

    assert bell.rings == [("default", 2), ("slow", 1)]


@pytest.mark.django_db
def test_nobody_hears_of_later_work_where_no_node_listens(
    django_capture_on_commit_callbacks,
):
    with django_capture_on_commit_callbacks() as callbacks:
        rings.later_on_commit("default", timedelta(minutes=1))

    assert callbacks == []


class TestDjangoQ2:
    """The doorbell of a site that has django-q2."""

    @pytest.fixture(autouse=True)
    def _real_doorbell(self, monkeypatch):
        monkeypatch.undo()

    @pytest.fixture
    def tasks(self, monkeypatch):
        tasks = []

        def async_task(name, queue, q_options, rung_at):
            tasks.append((name, queue, q_options))

        monkeypatch.setattr(doorbell, "async_task", async_task)
        return tasks

    def test_it_is_the_doorbell_where_it_is_installed(self):
        assert rings.doorbell() is doorbell

    def test_one_task_per_worker_is_enough(self, tasks):
        doorbell.ring("default", runs=1000)

        assert len(tasks) == 2

    def test_a_ring_is_at_least_one_task(self, tasks):
        doorbell.ring("default", runs=0)

        assert len(tasks) == 1

    def test_a_task_carries_the_queue_and_no_run(self, tasks):
        doorbell.ring("slow")

        ((name, queue, options),) = tasks
        assert (name, queue) == (doorbell.TASK, "slow")
        assert (options["timeout"], options["save"]) == (-1, False)

    def test_a_queue_with_a_cluster_of_its_own_is_rung_there(self, tasks, monkeypatch):
        monkeypatch.setattr(doorbell, "alternative_clusters", lambda: {"slow"})

        doorbell.ring("slow")
        doorbell.ring("default")

        assert [options["cluster"] for _, _, options in tasks] == ["slow", None]

    @pytest.mark.django_db
    def test_a_drain_works_the_queue_off(self, make_run, tasks):
        make_run()

        assert doorbell.drain("default") == "1 runs"
        assert tasks == []

    @pytest.mark.django_db
    def test_a_drain_that_left_something_rings_again(self, make_run, tasks, settings):
        settings.CRONMGMT = {"SLICE": timedelta(microseconds=1)}
        make_run()
        make_run()

        doorbell.drain("default")

        assert len(tasks) == 1

    @pytest.mark.django_db
    def test_that_ring_stands_for_all_earlier_ones(self, make_run, tasks, settings):
        settings.CRONMGMT = {"SLICE": timedelta(microseconds=1)}
        for _ in range(3):
            make_run()
        before = time.time()
        doorbell.drain("default", rung_at=before)

        assert "later ring" in doorbell.drain("default", rung_at=before)
        assert "runs" in doorbell.drain("default", rung_at=time.time())
