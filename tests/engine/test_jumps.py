"""The database's clock is set forward or back: no run is lost and none has to wait."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from cronmgmt.clock import SettableClock, use
from cronmgmt.engine import looking
from cronmgmt.engine.jumps import Jumps
from cronmgmt.engine.leases import lease
from cronmgmt.engine.recovery import recover_expired
from cronmgmt.models import Node, Status
from tests.conftest import MOMENT

pytestmark = [pytest.mark.django_db, pytest.mark.part("4.1")]

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class Jumping(SettableClock):
    """What time passes is known from elsewhere: if it is moved, that was a jump."""

    def after(self, reading, seconds):
        return reading + timedelta(seconds=seconds)


@pytest.fixture
def clock():
    with use(Jumping(MOMENT)) as jumping:
        yield jumping


@pytest.fixture
def jumps(clock):
    """One that has seen what the clock showed before."""
    jumps = Jumps()
    jumps.see(clock.time, time.monotonic())
    return jumps


def moved(jumps, clock, by):
    return jumps.see(clock.move(by), time.monotonic())


@pytest.mark.parametrize("by", [HOUR, -HOUR, timedelta(days=365)])
def test_a_jump_is_seen_once(jumps, clock, by):
    assert abs(moved(jumps, clock, by) - by) < SECOND
    assert moved(jumps, clock, timedelta()) == timedelta()


@pytest.mark.parametrize("shown", [timedelta(), HOUR])
def test_time_that_passes_and_an_answer_that_takes_long_are_no_jump(
    jumps, clock, monkeypatch, shown
):
    asked = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: asked + 3600)

    assert jumps.see(clock.move(shown), asked) == timedelta()


@pytest.mark.parametrize("by", [lease() / 7, lease() / -7])
def test_a_small_step_harms_nobody_and_is_none(jumps, clock, by):
    assert moved(jumps, clock, by) == timedelta()
    assert jumps.leases_tell()


def test_after_a_jump_forward_leases_tell_nothing_for_a_lease(
    jumps, clock, monkeypatch
):
    moved(jumps, clock, HOUR)
    jumped_at = time.monotonic()
    assert not jumps.leases_tell()

    monkeypatch.setattr(time, "monotonic", lambda: jumped_at + lease().total_seconds())

    assert jumps.leases_tell()


def test_a_living_workers_run_survives_a_jump_forward(make_node, make_run, clock):
    node = make_node()
    node.turn()
    run = make_run(status=Status.RUNNING, lease_expires_at=clock.time + lease())
    clock.move(HOUR)

    node.turn()

    run.refresh_from_db()
    assert looking.look(at_leases=True).expired
    assert (run.status, run.losses) == (Status.RUNNING, 0)


def test_a_dead_workers_run_is_recovered_a_lease_after_a_jump_back(
    jumps, make_run, clock
):
    run = make_run(status=Status.RUNNING, lease_expires_at=clock.time + lease())
    moved(jumps, clock, -HOUR)

    clock.move(lease() + SECOND)

    assert recover_expired() == 1
    run.refresh_from_db()
    assert run.status == Status.QUEUED


def test_what_could_start_before_a_jump_back_still_can(jumps, make_run, clock):
    ready = make_run(available_at=clock.time)
    parked = make_run(
        status=Status.WAITING, waits_for="k", available_at=clock.time - SECOND
    )
    later = make_run(available_at=clock.time + HOUR)

    moved(jumps, clock, -HOUR)

    for run in (ready, parked, later):
        run.refresh_from_db()
    assert ready.available_at == parked.available_at == clock.time
    assert later.available_at == clock.time + 2 * HOUR


def test_a_node_that_did_not_see_the_jump_shortens_what_cannot_be_a_lease(
    make_run, clock
):
    wrong = make_run(status=Status.RUNNING, lease_expires_at=clock.time + HOUR)
    longer = clock.time + lease() * 2
    other = make_run(status=Status.RUNNING, lease_expires_at=longer)

    Jumps().see(clock.time, time.monotonic())

    wrong.refresh_from_db()
    other.refresh_from_db()
    assert wrong.lease_expires_at == clock.time + lease()
    assert other.lease_expires_at == longer


def test_an_hour_that_was_jumped_over_is_caught_up_by_policy(
    make_node, make_job, clock
):
    node = make_node()
    node.turn()
    job = make_job(schedule_expression="*/10 * * * *", next_run_at=clock.time)
    # As if another node had not noticed yet.
    Node.objects.create(
        name="other",
        pid=1,
        instance="there",
        started_at=clock.time,
        seen_at=clock.move(HOUR + 5 * MINUTE),
        scheduling_since=MOMENT - HOUR,
    )

    node.turn()

    run = job.runs.get()
    assert (run.origin, run.scheduled_for) == ("catch-up", MOMENT + HOUR)
    gap = job.gaps.get()
    assert (gap.first, gap.count) == (MOMENT, 6)


def test_after_a_jump_back_no_occurrence_is_made_again_and_none_is_late(
    make_node, make_job, clock
):
    job = make_job(schedule_expression="*/10 * * * *", next_run_at=clock.time)
    node = make_node()
    node.turn()
    clock.move(-HOUR)
    node.turn()

    new = make_job("new", schedule_expression="* * * * *", misfire="none")
    clock.time = new.next_run_at
    node.turn()

    assert job.runs.count() == 1
    assert new.runs.get().status == Status.QUEUED
