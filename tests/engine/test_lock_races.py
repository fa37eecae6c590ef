"""Many workers at once under the same locks, each over a connection of its own."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.db import connections

from cronmgmt.engine import actions, locks
from cronmgmt.engine.claiming import claim, start
from cronmgmt.engine.finishing import finish
from cronmgmt.engine.outcomes import Outcome
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.errors import Blocked
from cronmgmt.models import JobRun, LockSlot, Status
from tests.engine.threads import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.part("4.1")]

HOUR = timedelta(hours=1)
WORKERS = 4
DONE = Outcome(Status.SUCCEEDED)


class Witness:
    """Counts who is inside under each lock, whatever the tables say."""

    def __init__(self):
        self._guard = threading.Lock()
        self.inside = Counter()
        self.most = Counter()
        self.entered = []

    def enter(self, run):
        with self._guard:
            self.entered.append(run.pk)
            self.inside[run.lock_key] += 1
            self.most[run.lock_key] = max(
                self.most[run.lock_key], self.inside[run.lock_key]
            )

    def leave(self, run):
        with self._guard:
            self.inside[run.lock_key] -= 1


@pytest.fixture
def witness():
    return Witness()


@pytest.fixture
def make(make_run):
    def make(name, **changes):
        digest = f"{name:k>64}"
        return make_run(lock_key=name, lock_digest=digest, **changes)

    return make


def at_once(*works):
    """Do them in threads that begin together; raise what any of them raised."""
    barrier = threading.Barrier(len(works))
    errors = []

    def do(work):
        try:
            barrier.wait(10)
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    if errors:
        raise errors[0]


def work_off(witness, hold=lambda run: time.sleep(0.002)):
    """Claim, start and finish until nothing is left that is unfinished."""
    until = time.monotonic() + 40
    while JobRun.objects.filter(finished_at=None).exists():
        assert time.monotonic() < until, "some run is never woken"
        for run in claim("default", limit=3).runs:
            if start(run):
                witness.enter(run)
                hold(run)
                witness.leave(run)
                assert finish(run, DONE).recorded


@pytest.mark.usefixtures("every_path")
def test_no_lock_is_ever_held_by_more_than_it_allows(make, make_run, witness, caplog):
    for _ in range(12):
        make("one")
        make("another")
        make("three", concurrency=3)
        make_run()
    caplog.set_level(logging.INFO, logger="cronmgmt.engine")

    at_once(*[lambda: work_off(witness)] * WORKERS)

    assert (witness.most["one"], witness.most["another"]) == (1, 1)
    assert witness.most["three"] <= 3
    assert sorted(witness.entered) == sorted(
        JobRun.objects.values_list("pk", flat=True)
    )
    assert set(JobRun.objects.values_list("status", flat=True)) == {Status.SUCCEEDED}
    assert not LockSlot.objects.filter(run__isnull=False).exists()
    assert "deadlock" not in caplog.text.lower()


def test_as_many_as_allowed_do_run_at_once(make, witness):
    """Each of them stays inside until all are: one too few would never end."""
    for _ in range(6):
        make("three", concurrency=3)
    inside = threading.Barrier(3)

    at_once(*[lambda: work_off(witness, lambda run: inside.wait(20))] * WORKERS)

    assert witness.most["three"] == 3


ROUNDS = 25


def test_no_wake_up_is_lost(make):
    """One run ends just when the next is about to be parked behind it."""
    for _ in range(ROUNDS):
        make("db")
        (holder,) = claim("default").runs
        assert start(holder)
        make("db")
        (following,) = claim("default").runs

        at_once(partial(finish, holder, DONE), partial(start, following))

        following.refresh_from_db()
        assert following.status in (Status.QUEUED, Status.RUNNING)
        JobRun.objects.update(status=Status.SUCCEEDED)
        LockSlot.objects.update(run=None)


def test_a_run_that_ends_waits_for_who_is_parking_behind_it(make, monkeypatch):
    """The one that parks has looked, and has not yet written."""
    make("db")
    (holder,) = claim("default").runs
    start(holder)
    make("db")
    (following,) = claim("default").runs
    looked, ends = threading.Event(), threading.Event()
    park = locks._park

    def slow_park(run, holders):
        looked.set()
        wait_until(ends.is_set, 0.3)  # Never, where it waits as it should.
        park(run, holders)

    def end():
        looked.wait(10)
        finish(holder, DONE)
        ends.set()

    monkeypatch.setattr(locks, "_park", slow_park)
    at_once(lambda: start(following), end)

    following.refresh_from_db()
    assert following.status == Status.QUEUED


def test_the_first_run_under_a_lock_is_one_whoever_comes_at_once(make):
    for number in range(5):
        for _ in range(WORKERS):
            make(f"new-{number}")
        claimed = [claim("default").runs[0] for _ in range(WORKERS)]

        at_once(*[partial(start, run) for run in claimed])

        assert JobRun.objects.filter(status=Status.RUNNING).count() == 1
        assert JobRun.objects.filter(status=Status.WAITING).count() == WORKERS - 1
        assert LockSlot.objects.filter(key=claimed[0].lock_digest).count() == 1
        JobRun.objects.update(status=Status.SUCCEEDED)
        LockSlot.objects.update(run=None)


def test_of_triggers_that_replace_at_once_the_last_one_stays(make_job):
    make_job(overlap="replace")

    at_once(*[lambda: actions.trigger("job")] * WORKERS)

    statuses = Counter(JobRun.objects.values_list("status", flat=True))
    assert statuses == {Status.QUEUED: 1, Status.CANCELLED: WORKERS - 1}


def test_of_triggers_that_wait_no_more_than_may_are_accepted(make_job, settings):
    settings.CRONMGMT = {"MAX_WAITING": 2}
    make_job(overlap="wait")

    at_once(*[lambda: _try_to_trigger("job")] * (WORKERS + 1))

    assert JobRun.objects.count() == 3


def _try_to_trigger(name):
    with contextlib.suppress(Blocked):
        actions.trigger(name)


@pytest.mark.usefixtures("every_path")
def test_a_scheduler_that_replaces_what_just_ends_is_in_nobodys_way(
    make_job, clock, caplog
):
    """The one holds the job's row and wants the run's, the other the reverse."""
    caplog.set_level(logging.INFO, logger="cronmgmt.engine")
    job = make_job(overlap="replace")
    actions.trigger("job")
    for _ in range(10):
        (old,) = claim("default").runs
        assert start(old)
        clock.move(HOUR)

        at_once(partial(finish, old, DONE), partial(look, clock))

        while not job.runs.filter(scheduled_for=clock.time).exists():
            look(clock)  # It was left for the next look.
        old.refresh_from_db()
        assert old.status == Status.SUCCEEDED
    assert "deadlock" not in caplog.text.lower()


def look(clock):
    queue_due(clock.time, alive_since=clock.time - HOUR)
