"""What a node asks about while nothing happens: few statements, and what they say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.engine.looking import Around, Look, look, look_around
from cronmgmt.engine.presence import Presence
from cronmgmt.models import LockSlot, Status

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def node(clock):
    """The name of a node that has reported."""
    presence = Presence(schedules=True)
    presence.report(2)
    return presence.name


@pytest.mark.parametrize(
    ("left", "expired"), [(SECOND, False), (timedelta(0), False), (-SECOND, True)]
)
def test_a_look_at_the_leases_says_whether_one_is_over(make_run, now, left, expired):
    make_run(status=Status.RUNNING, lease_expires_at=now + left)

    assert look(at_leases=True) == Look(now, None, expired)
    assert not look().expired


def test_it_asks_the_databases_own_clock(db):
    first, second = look(at_leases=True), look()

    assert first.now <= second.now <= first.now + timedelta(minutes=5)


def test_a_look_around_is_one_query(node, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert look_around(node) == Around(
            queued=False, parked=False, stale_locks=False
        )


def test_it_says_that_something_is_queued(node, make_run):
    make_run()

    assert look_around(node).queued


def test_it_says_that_something_is_parked(node, make_run):
    make_run(status=Status.WAITING, waits_for="a key")

    assert look_around(node).parked


@pytest.mark.parametrize(
    ("status", "stale"), [(Status.RUNNING, False), (Status.SUCCEEDED, True)]
)
def test_it_says_that_a_lock_is_held_by_a_run_that_ended(node, make_run, status, stale):
    LockSlot.objects.create(key="a key", slot=0, run=make_run(status=status))

    assert look_around(node).stale_locks is stale


def test_without_a_row_of_its_own_a_node_sees_to_everything(clock):
    assert all(look_around("nobody"))
