"""Processes, ended with all that they have started."""

from __future__ import annotations

import os
import sys
import time

import pytest

from benchmarks.processes import Process, memory, processor

PARENT = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
subprocess.Popen([sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"])
time.sleep(60)
"""


@pytest.fixture
def process(tmp_path):
    process = Process([sys.executable, "-c", PARENT], os.environ, tmp_path / "log")
    until = time.monotonic() + 30
    while "up" not in process.log.read_text() and time.monotonic() < until:
        time.sleep(0.01)
    yield process
    process.ask_to_stop()
    process.end()


def test_a_process_and_its_child_are_a_family(process):
    assert len(process.family()) == 2


def test_memory_and_time_are_those_of_the_family(process):
    family = process.family()

    assert memory(family) > memory(family[:1]) > 1_000_000
    assert processor(family) > 0


def test_nothing_is_left_after_the_end(process):
    family = process.family()

    process.ask_to_stop()
    process.end()

    assert not process.is_alive()
    assert process.family() == []
    assert not any(os.path.exists(f"/proc/{pid}/exe") for pid in family)


def test_the_end_of_what_has_ended_is_nothing(process):
    process.ask_to_stop()
    process.end()

    process.ask_to_stop()
    process.end()

    assert not process.is_alive()
