"""A worker's timer is free again as soon as whoever had it locked is dead."""

from __future__ import annotations

import os
import signal
from multiprocessing import get_context

import pytest

from cronmgmt.engine.cluster.timers import idle_timer
from tests.scenarios.waiting import wait_until

pytestmark = pytest.mark.part("0.11")


def test_it_is_idle_and_counts():
    timer = idle_timer()

    with timer.get_lock():
        timer.value = 5
        timer.value -= 0.5

    assert timer.value == 4.5


@pytest.fixture
def holder():
    """A timer, and a process that has it locked."""
    timer = idle_timer()
    reader, writer = os.pipe()

    def hold():
        with timer.get_lock():
            timer.value = 7
            os.write(writer, b".")
            signal.pause()

    process = get_context("fork").Process(target=hold)
    process.start()
    os.read(reader, 1)
    yield timer, process
    process.kill()
    process.join()
    os.close(reader)
    os.close(writer)


def test_others_wait_for_the_living_and_not_for_the_dead(holder):
    timer, process = holder
    seen = []

    def ask():
        seen.append(timer.value)
        os._exit(int(seen[0]))

    other = get_context("fork").Process(target=ask)
    other.start()
    other.join(0.1)
    assert other.is_alive()

    process.kill()

    wait_until(lambda: not other.is_alive(), 5, "the lock is free")
    assert other.exitcode == 7
