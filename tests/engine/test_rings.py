"""A ring says that there is work; it may fail, and nothing else fails with it."""

from __future__ import annotations

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, transaction

from cronmgmt.conf import conf
from cronmgmt.engine import rings
from cronmgmt.engine.cluster import doorbell
from cronmgmt.engine.loop import Slice


def test_the_workers_of_a_queue_are_rung_for(bell):
    rings.ring("slow", 3)

    assert bell.rings == [("slow", 3)]


def test_a_dead_broker_is_only_logged(bell, monkeypatch, caplog):
    def ring(queue, runs):
        raise ConnectionError("no broker")

    monkeypatch.setattr(bell, "ring", ring)
    rings.ring("slow")

    assert "Could not ring for queue slow" in caplog.text


def test_a_broker_that_lets_us_wait_in_vain_is_spared_for_as_long(bell, monkeypatch):
    now, tries = [1000.0], []

    def ring(queue, runs):
        tries.append(queue)
        now[0] += 3.0
        raise TimeoutError("no answer")

    monkeypatch.setattr(bell, "ring", ring)
    monkeypatch.setattr(rings, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(rings, "_spared_until", float("-inf"))

    assert not rings.ring("first")
    assert not rings.ring("spared")
    now[0] += 3.0
    assert not rings.ring("after")

    assert tries == ["first", "after"]


def test_a_broker_that_refuses_at_once_is_asked_again_at_once(bell, monkeypatch):
    tries = []

    def ring(queue, runs):
        tries.append(queue)
        raise ConnectionError("refused")

    monkeypatch.setattr(bell, "ring", ring)
    rings.ring("one")
    rings.ring("two")

    assert tries == ["one", "two"]


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


def synchronous_commit():
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return cursor.fetchone()[0]


@pytest.mark.django_db
class TestDjangoQ2:
    """The doorbell of a site that has django-q2."""

    @pytest.fixture(autouse=True)
    def _real_doorbell(self, monkeypatch):
        monkeypatch.undo()

    @pytest.fixture
    def tasks(self, monkeypatch):
        tasks = []

        def async_task(name, queue, q_options, rung):
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

    @pytest.mark.skipif(connection.vendor != "postgresql", reason="its setting")
    @pytest.mark.django_db(transaction=True)
    def test_postgresql_need_not_write_a_ring_before_anything_else(self, monkeypatch):
        monkeypatch.setattr(doorbell.Conf, "ORM", "default")
        settings = []

        def async_task(*args, **options):
            settings.append(synchronous_commit())

        monkeypatch.setattr(doorbell, "async_task", async_task)
        doorbell.ring("default", runs=2)
        with transaction.atomic():
            doorbell.ring("default")

        assert settings == ["off", "off", "on"]
        assert synchronous_commit() == "on"

    @pytest.mark.django_db
    def test_a_drain_works_the_queue_off(self, make_run, tasks):
        make_run()

        assert doorbell.drain("default") == "1 runs"
        assert tasks == []

    def test_a_drain_whose_database_is_away_is_in_no_hurry_to_fail_again(
        self, monkeypatch
    ):
        def fail(queue):
            raise OperationalError("away")

        pauses = []
        monkeypatch.setattr(doorbell, "work_a_slice", fail)
        monkeypatch.setattr(doorbell.stopping, "pause", pauses.append)

        with pytest.raises(OperationalError):
            doorbell.drain("default")
        assert pauses == [doorbell.AGAIN]

    @pytest.mark.django_db
    def test_a_drain_finds_what_was_queued_just_after_its_ring(
        self, make_run, tasks, monkeypatch
    ):
        pauses = []

        def pause(seconds):
            pauses.append(seconds)
            make_run()

        monkeypatch.setattr(doorbell, "LINGER", 60.0)
        monkeypatch.setattr(doorbell.stopping, "pause", pause)

        assert doorbell.drain("default") == "1 runs"
        assert 0 < pauses[0] <= 60.0

    @pytest.mark.django_db
    def test_a_drain_in_line_keeps_nobody_waiting(self, make_run, tasks, monkeypatch):
        monkeypatch.setattr(doorbell.Conf, "SYNC", True)
        monkeypatch.setattr(doorbell.stopping, "pause", lambda seconds: 1 / 0)
        make_run()

        assert not doorbell.lingers()
        assert doorbell.drain("default") == "1 runs"

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
        before = (conf.instance, time.monotonic(), time.time())
        doorbell.drain("default", rung=before)

        assert "later ring" in doorbell.drain("default", rung=before)
        after = (conf.instance, time.monotonic(), time.time())
        assert "runs" in doorbell.drain("default", rung=after)

    @pytest.mark.django_db
    def test_a_ring_from_a_host_whose_clock_is_slow_is_heeded(
        self, make_run, tasks, settings
    ):
        settings.CRONMGMT = {"SLICE": timedelta(microseconds=1)}
        make_run()
        make_run()
        doorbell.drain("default")

        slow = ("another-host", 0.0, time.time() - 60)
        assert "runs" in doorbell.drain("default", rung=slow)

    @pytest.mark.django_db
    def test_many_rings_of_another_host_are_not_a_slice_each(
        self, make_run, tasks, settings, monkeypatch
    ):
        settings.CRONMGMT = {"SLICE": timedelta(seconds=60)}
        monkeypatch.setattr(doorbell, "_work", lambda queue: Slice(1, more=True))
        before = ("another-host", 0.0, time.time())
        doorbell.drain("default", rung=before)

        assert "later ring" in doorbell.drain("default", rung=before)
        assert "runs" in doorbell.drain("default", rung=(*before[:2], time.time()))
