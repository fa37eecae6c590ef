"""Nodes, workers with what they run, and queues."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt import queries
from cronmgmt.conf import VERSION
from cronmgmt.models import Node, Status
from cronmgmt.models.node import TICK

pytestmark = pytest.mark.django_db

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def make_node(now):
    def make(name="web1:7:abc", **changes):
        usual = {
            "instance": "web1",
            "pid": 7,
            "version": VERSION,
            "workers": 2,
            "started_at": now - DAY,
            "seen_at": now,
            "scheduling_since": now - DAY,
        }
        return Node.objects.create(name=name, **{**usual, **changes})

    return make


@pytest.mark.parametrize(
    ("changes", "state", "troubles"),
    [
        ({}, "alive", []),
        ({"ago": 2 * MINUTE}, "silent", ["no-node", "silent-node"]),
        ({"ago": 2 * MINUTE, "stopped": True}, "stopped", ["no-node"]),
        ({"scheduling_since": None}, "alive", ["no-scheduler"]),
        ({"name": TICK}, "alive", ["only-ticks"]),
        ({"name": TICK, "ago": 2 * MINUTE}, "alive", ["only-ticks"]),
        ({"name": TICK, "ago": 4 * MINUTE}, "silent", ["no-node", "silent-node"]),
        ({"version": "0.0.9"}, "alive", ["versions"]),
    ],
)
def test_how_a_node_is_and_what_is_wrong_then(make_node, now, changes, state, troubles):
    ago = changes.pop("ago", timedelta())
    stopped_at = now - ago if changes.pop("stopped", False) else None
    make_node(seen_at=now - ago, stopped_at=stopped_at, **changes)

    found = queries.machinery(now)

    assert [each.state for each in found.nodes] == [state]
    assert found.troubles == troubles


def test_without_any_node_nothing_runs(now):
    found = queries.machinery(now)

    assert (found.troubles, found.workers) == (["no-node"], 0)


def test_nodes_of_long_ago_are_forgotten_and_silent_ones_come_first(make_node, now):
    make_node("old:1:a", seen_at=now - 2 * DAY)
    make_node("here:1:a")
    make_node("silent:1:a", seen_at=now - 5 * MINUTE)

    names = [each.node.name for each in queries.machinery(now).nodes]

    assert names == ["silent:1:a", "here:1:a"]


def test_what_workers_hold_and_which_of_them_are_silent(
    make_node, make_run, make_job, now
):
    make_node()
    make_run(make_job(), Status.RUNNING, worker="a.b:c:9:x")
    make_run(
        make_job("lost"), Status.RUNNING, worker="z:1:y", lease_expires_at=now - MINUTE
    )
    make_run(make_job("done"), Status.SUCCEEDED)

    found = queries.machinery(now)

    assert [(held.instance, held.is_silent) for held in found.held] == [
        ("a.b:c", False),
        ("z", True),
    ]
    assert found.troubles == ["silent-worker"]


def test_what_waits_by_queue_and_since_when(make_run, now):
    make_run(available_at=now - 5 * MINUTE)
    make_run(available_at=now)
    make_run(available_at=now + MINUTE)
    make_run(queue="slow", available_at=now)
    make_run(status=Status.WAITING, waits_for="key")

    found = queries.machinery(now)

    assert [(each.queue, each.count) for each in found.waiting] == [
        ("default", 2),
        ("slow", 1),
    ]
    assert found.waiting[0].since == now - 5 * MINUTE
    assert found.parked == 1


def test_a_copied_database_says_that_nothing_runs(make_node, now, settings):
    settings.CRONMGMT = {"ENABLED": False}
    make_node()

    assert queries.machinery(now).troubles == ["disabled"]


def test_the_versions_are_told():
    found = dict(queries.versions())

    assert found["cronmgmt"] == VERSION
    assert {"Django", "Python", "django-q2"} < set(found)
