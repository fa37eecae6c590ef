"""Over its memory limit a run fails, and its process makes way for a fresh one."""

from __future__ import annotations

import time

import pytest

from cronmgmt.engine import memory, stopping, usage, watchdog
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.models import Status

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("quick_beats"),
]

MEGABYTE = 1_000_000
SOON = 10


@pytest.fixture
def used(monkeypatch):
    """Let the process use so many MB."""

    def use(megabytes):
        for module in (usage, memory):
            monkeypatch.setattr(module, "resident_memory", lambda: megabytes * MEGABYTE)

    return use


@pytest.fixture
def worker(monkeypatch):
    """Let this process be a worker; the ends that it would have come to."""
    exits = []

    def leave(status):
        exits.append(status)
        stopping.request()

    monkeypatch.setattr(watchdog, "is_armed", lambda: True)
    monkeypatch.setattr(watchdog, "rearm", lambda deadline: None)
    monkeypatch.setattr(memory.os, "_exit", leave)
    monkeypatch.setattr(memory, "_used", None)
    return exits


def sleep(run):
    time.sleep(60)


def swallow(run):
    try:
        time.sleep(60)
    except Exception:
        return "as if nothing had happened"


@pytest.mark.part("4.9")
@pytest.mark.parametrize("handler", [sleep, swallow])
def test_a_run_over_its_limit_is_interrupted_and_fails(perform, used, handler):
    used(600)

    run = perform(handler, memory_limit=512)

    assert run.status == Status.FAILED
    assert run.reason == (
        "memory: its worker process used 600 MB, and the job's limit is 512 MB."
    )
    assert run.error_class == "MemoryExceeded"
    assert "time.sleep(60)" in run.traceback
    assert run.peak_memory == 600 * MEGABYTE
    assert run.duration < SOON


def test_without_a_limit_or_below_it_nothing_happens(perform, used):
    def handler(run):
        time.sleep(0.2)
        return "done"

    used(512)

    assert perform(handler).result == "done"
    assert perform(handler, memory_limit=512).result == "done"


def test_it_may_be_tried_again_like_any_failure(perform, used):
    used(600)

    assert perform(sleep, memory_limit=512, max_attempts=2).status == Status.QUEUED


@pytest.mark.parametrize("name", ["MemoryExceeded", "OSError"])
def test_the_job_may_name_it_among_what_is_tried_again(perform, used, name):
    used(600)

    run = perform(sleep, memory_limit=512, max_attempts=2, retry_on=[name])

    again = name == "MemoryExceeded"
    assert run.status == (Status.QUEUED if again else Status.FAILED)


def test_the_process_makes_way_once_that_is_recorded(perform, used, worker, bell):
    used(600)

    run = perform(sleep, memory_limit=512)

    assert worker == [watchdog.EXIT_STATUS]
    assert run.status == Status.FAILED
    assert ("default", 1) in bell.rings


def test_other_failures_leave_the_process_alone(perform, used, worker):
    def handler(run):
        raise MemoryError

    used(100)

    assert perform(handler, memory_limit=512).status == Status.FAILED
    assert worker == []


def test_what_earlier_runs_used_up_is_not_held_against_the_next(perform, used, worker):
    used(600)
    perform(nothing, memory_limit=None)

    run = perform(sleep, memory_limit=512)

    assert run.status == Status.QUEUED
    assert (run.attempt, run.attempts.get().outcome) == (0, "handed_back")
    assert "a fresh one takes it" in run.attempts.get().reason
    assert worker[0] == watchdog.EXIT_STATUS


def nothing(run):
    return "nothing"


def test_a_fresh_process_tries_it_even_so(perform, used, worker):
    used(600)

    assert perform(sleep, memory_limit=512).status == Status.FAILED


def test_a_process_that_is_no_worker_goes_on(perform, used):
    used(600)
    perform(sleep, memory_limit=512)
    used(100)

    assert perform(nothing, memory_limit=512).status == Status.SUCCEEDED
    assert work_a_slice("default").done == 0
