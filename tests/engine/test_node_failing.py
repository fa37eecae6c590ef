"""A step that fails stops no other, and a node is never in a hurry to fail again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError

from cronmgmt.engine import looking, presence, recovery
from cronmgmt.engine import node as node_module
from cronmgmt.engine.node import _pause
from cronmgmt.models import JobRun, Status
from cronmgmt.models import Node as NodeRow

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "error", [RuntimeError("a bug"), OperationalError("the database is away")]
)
def test_a_step_that_fails_does_not_stop_the_others(
    make_node, make_job, make_run, clock, broken, caplog, error
):
    broken(recovery, "recover_expired", error)
    broken(looking, "look_around", error)
    make_run(status=Status.RUNNING, lease_expires_at=clock.time - SECOND)
    make_job(next_run_at=clock.time)

    make_node().turn()

    assert JobRun.objects.filter(status=Status.QUEUED).exists()
    assert NodeRow.objects.exists()
    assert str(error) in caplog.text


def slept(node, monkeypatch):
    """How long the node would sleep now."""
    waits = []

    def select(readers, writers, errors, wait):
        waits.append(wait)
        return [], [], []

    monkeypatch.setattr(node_module.select, "select", select)
    node._sleep()
    return waits[0]


def test_it_sleeps_until_something_is_due(make_node, make_job, now, monkeypatch):
    make_job(next_run_at=now + 1.3 * SECOND)
    node = make_node()
    node.turn()

    assert 0.1 < slept(node, monkeypatch) <= 0.3


def test_at_most_as_long_as_the_site_says(make_node, settings, monkeypatch):
    settings.CRONMGMT = {"CHECK_INTERVAL": timedelta(seconds=0.5)}
    node = make_node()
    node.turn()

    assert 0.4 < slept(node, monkeypatch) <= 0.5


@pytest.mark.parametrize("options", [{"schedules": True}, {"schedules": False}])
def test_a_database_that_is_away_is_asked_less_and_less_often(
    make_node, broken, monkeypatch, options
):
    down = OperationalError("down")
    for module, name in [
        (looking, "look"),
        (looking, "look_around"),
        (presence.Presence, "report"),
    ]:
        broken(module, name, down)
    node = make_node(**options)
    waits = []
    for _ in range(8):
        node._due = dict.fromkeys(node._due, 0.0)
        node.turn()
        waits.append(slept(node, monkeypatch))

    assert waits == sorted(waits)
    assert waits[-1] == 2.0


def test_while_it_is_away_what_workers_report_wakes_nobody(
    make_node, broken, crew, monkeypatch
):
    waited_for = []

    def select(readers, writers, errors, wait):
        waited_for.append(len(readers))
        return [], [], []

    monkeypatch.setattr(crew, "descriptors", lambda: [0])
    monkeypatch.setattr(node_module.select, "select", select)
    node = make_node()
    node.turn()
    node._sleep()
    broken(looking, "look", OperationalError("down"))
    node.turn()
    node._sleep()

    assert waited_for == [2, 1]


@pytest.mark.parametrize("options", [{"schedules": True}, {"schedules": False}])
def test_once_it_is_back_the_node_is_as_quick_as_before(
    make_node, broken, monkeypatch, options
):
    node = make_node(**options)
    broken(looking, "look_around", OperationalError("down"))
    for _ in range(5):
        node._due["around"] = 0.0
        node.turn()

    node.turn()

    assert slept(node, monkeypatch) <= 1.0


@pytest.mark.parametrize(
    ("due_in", "pause"),
    [
        (10.0, 9.0),
        (1.01, 0.02),  # Never a busy loop.
        (0.5, 0.25),  # An earlier run of the same job may end before it is due.
        (0.1, 0.1),
        (-5.0, 0.25),  # Another scheduler holds it.
    ],
)
def test_how_soon_to_look_again(due_in, pause):
    assert _pause(timedelta(seconds=due_in)) == pytest.approx(pause)
