"""A node says that it is there, and since when some scheduler has been looking."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from cronmgmt.engine import workers
from cronmgmt.engine.presence import CONTINUITY, Presence
from cronmgmt.models import Node

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def make_node(clock):
    """Another node, that scheduled for an hour and was seen just now."""

    def make(name="other", seen=timedelta(), since=HOUR, **changes):
        seen_at = clock.time - seen
        fields = {
            "pid": 1,
            "instance": "there",
            "started_at": clock.time - HOUR,
            "seen_at": seen_at,
            "scheduling_since": clock.time - since if since else None,
        }
        return Node.objects.create(name=name, **fields | changes)

    return make


@pytest.mark.part("4.12")
def test_it_reports_its_instance_and_process(now, settings):
    settings.CRONMGMT = {"INSTANCE": "web-1"}

    Presence(schedules=True).report(workers_up=4)

    node = Node.objects.get()
    assert (node.instance, node.pid, node.workers) == ("web-1", os.getpid(), 4)
    assert node.started_at == node.seen_at == now
    assert node.stopped_at is None
    assert str(node) == workers.this()


def test_it_reports_again_and_again_in_one_row(clock):
    presence = Presence(schedules=True)
    began = clock.time
    presence.report(1)
    clock.move(5 * SECOND)

    presence.report(2)

    node = Node.objects.get()
    assert (node.started_at, node.seen_at) == (began, clock.time)
    assert node.workers == 2


def test_a_row_that_somebody_deleted_is_made_anew(clock):
    presence = Presence(schedules=True)
    presence.report(1)
    Node.objects.all().delete()

    presence.report(1)

    assert Node.objects.exists()


def test_it_says_that_it_stopped_in_order(clock):
    presence = Presence(schedules=True)
    presence.report(1)
    clock.move(SECOND)

    presence.leave()

    assert Node.objects.get().stopped_at == clock.time


def test_a_node_that_only_works_schedules_since_never(clock):
    presence = Presence(schedules=False)
    presence.alive_since(clock.time)

    presence.report(1)

    assert Node.objects.get().scheduling_since is None


# Since when some scheduler has looked.


def test_alone_it_has_looked_since_its_first_look(clock):
    presence = Presence(schedules=True)
    first = clock.time

    assert presence.alive_since(first) == first
    assert presence.alive_since(clock.move(SECOND)) == first


def test_looking_goes_on_over_a_short_pause(clock):
    presence = Presence(schedules=True)
    first = presence.alive_since(clock.time)

    assert presence.alive_since(clock.move(CONTINUITY)) == first


def test_after_a_long_pause_it_begins_anew(clock):
    presence = Presence(schedules=True)
    presence.alive_since(clock.time)

    later = clock.move(CONTINUITY + SECOND)

    assert presence.alive_since(later) == later


def test_another_node_that_looks_has_looked_for_us(make_node, now):
    make_node(since=3 * HOUR)
    make_node("younger", since=HOUR)

    assert Presence(schedules=True).alive_since(now) == now - 3 * HOUR


def test_a_deploy_is_no_downtime(make_node, now):
    make_node(seen=CONTINUITY, stopped_at=now - CONTINUITY)

    assert Presence(schedules=True).alive_since(now) == now - HOUR


def test_a_node_that_fell_silent_before_is_a_downtime(make_node, now):
    make_node(seen=CONTINUITY + SECOND)

    assert Presence(schedules=True).alive_since(now) == now


def test_a_node_that_only_works_does_not_look(make_node, now):
    make_node(since=None)

    assert Presence(schedules=True).alive_since(now) == now


def test_what_it_reports_is_what_the_next_node_goes_on_from(make_node, clock):
    make_node(since=3 * HOUR)
    presence = Presence(schedules=True)
    since = presence.alive_since(clock.time)

    presence.report(1)

    assert Node.objects.get(name=workers.this()).scheduling_since == since
