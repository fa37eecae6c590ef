"""The parent hears its workers' pulses and sees their deaths."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from cronmgmt.engine.crew import Crew


class Silent(Crew):
    """A crew that is never started."""

    def work(self):
        """Do nothing."""

    def ring(self, queue, runs=1):
        """Do nothing."""


@pytest.fixture
def crew():
    crew = Silent()
    yield crew
    for pid in list(crew.workers):
        crew._bury(pid)
    crew._inbox.close()
    crew._lifeline.close()


@pytest.fixture
def process():
    """A process that waits to be ended."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.wait()
    process.stdin.close()


def send(crew, *lines):
    for line in lines:
        os.write(crew._inbox.outgoing, f"{line}\n".encode())


def test_a_worker_is_known_from_its_first_pulse(crew, process):
    send(crew, f"{process.pid} up host:1:aaa")

    assert crew.hear() == []
    assert crew.workers[process.pid].name == "host:1:aaa"
    assert crew.idle == 1


def test_it_is_busy_until_it_says_otherwise(crew, process):
    send(crew, f"{process.pid} up a", f"{process.pid} busy a")
    crew.hear()
    assert crew.idle == 0

    send(crew, f"{process.pid} idle a")
    crew.hear()

    assert crew.idle == 1


def test_only_work_is_an_answer_to_a_ring(crew, process):
    before = crew.heard_at
    send(crew, f"{process.pid} up a")
    crew.hear()
    assert crew.heard_at == before

    send(crew, f"{process.pid} busy a")
    crew.hear()

    assert crew.heard_at > before


def test_a_worker_may_ask_to_be_rung_later(crew):
    asked = []
    crew.later = lambda queue, seconds: asked.append((queue, seconds))

    send(crew, "12 later slow 1.500")
    crew.hear()

    assert asked == [("slow", 1.5)]
    assert crew.workers == {}


def test_a_worker_that_dies_is_named_once(crew, process):
    send(crew, f"{process.pid} up host:1:aaa")
    crew.hear()

    process.send_signal(signal.SIGKILL)
    process.wait()

    assert [worker.name for worker in crew.hear()] == ["host:1:aaa"]
    assert crew.hear() == []
    assert crew.workers == {}


def test_a_worker_that_died_before_it_was_heard_is_named_too(crew, process):
    process.kill()
    process.wait()
    send(crew, f"{process.pid} up host:1:aaa")

    assert [worker.name for worker in crew.hear()] == ["host:1:aaa"]


def test_the_parent_waits_for_pulses_and_deaths(crew, process):
    send(crew, f"{process.pid} up a")
    crew.hear()

    assert len(crew.descriptors()) == 2


def test_a_crew_that_was_not_started_is_not_alive(crew):
    assert not crew.is_alive()
    assert crew.kill() == []
