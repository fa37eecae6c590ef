"""What counts as going on after a fault, and what as standing still."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from types import SimpleNamespace

import pytest

from cronmgmt.models import JobRun, LockSlot, ScheduledJob, Status
from tests.chaos import settling
from tests.chaos.settling import Handlers, Watch

pytestmark = pytest.mark.django_db

DEAD = "node:999999999:abc"


@pytest.fixture
def kernel(monkeypatch):
    """What the kernel's own clock shows here."""
    now = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(
        settling, "time", SimpleNamespace(monotonic=lambda: now.seconds)
    )
    return now


@pytest.fixture
def witness(tmp_path):
    return tmp_path / "witness"


@pytest.fixture
def watch(witness, kernel, clock):
    site = SimpleNamespace(
        jobs=ScheduledJob.objects.filter,
        runs=JobRun.objects.filter,
        slots=LockSlot.objects.filter,
    )
    stage = SimpleNamespace(now=lambda: int(clock.time.timestamp()) + 1, site=site)
    return Watch(stage, Handlers(witness))


def note(witness, event, run):
    line = {"event": event, "token": run.fencing_token, "pid": os.getpid()}
    with witness.open("a") as file:
        file.write(f"{json.dumps(line)}\n")


def ages(watch):
    return list(watch.look().values())


def test_a_run_goes_on_once_a_living_process_is_inside_its_handler(
    watch, witness, make_run
):
    run = make_run(status=Status.RUNNING, claims=1, worker=DEAD)
    assert len(watch.look()) == 1

    note(witness, "START", run)

    assert watch.look() == {}


def test_a_handler_that_has_ended_says_nothing_of_the_run(watch, witness, make_run):
    run = make_run(status=Status.RUNNING, claims=1, worker=DEAD)
    note(witness, "START", run)
    note(witness, "END", run)

    assert len(watch.look()) == 1


def test_what_a_dead_worker_holds_stands_still(watch, kernel, make_run):
    make_run(status=Status.CLAIMED, claims=1, worker=DEAD)
    make_run(status=Status.RUNNING, claims=1, worker=DEAD)
    watch.look()

    kernel.seconds += 5

    assert ages(watch) == [5, 5]


def test_what_is_queued_stands_when_the_head_of_the_queue_does(watch, kernel, make_run):
    first, _ = make_run(), make_run()
    watch.look()
    kernel.seconds += 5
    assert ages(watch) == [5, 5]

    JobRun.objects.filter(pk=first.pk).update(status=Status.SUCCEEDED)

    assert ages(watch) == [0]


def test_what_waits_for_a_lock_goes_on_when_its_holder_does(watch, witness, make_run):
    holder = make_run(status=Status.RUNNING, claims=1, worker=DEAD)
    LockSlot.objects.create(key="k", slot=0, run=holder)
    make_run(status=Status.WAITING, waits_for="k")
    assert len(watch.look()) == 2

    note(witness, "START", holder)

    assert watch.look() == {}


def test_what_is_to_start_later_is_not_waited_for(watch, clock, make_run):
    make_run(available_at=clock.time + timedelta(minutes=1))

    assert watch.look() == {}


def test_an_occurrence_that_nobody_decides_stands_still(watch, kernel, clock, make_job):
    job = make_job()
    ScheduledJob.objects.filter(pk=job.pk).update(next_run_at=clock.time)
    watch.look()
    kernel.seconds += 5

    assert ages(watch) == [5]
