"""Processes that are started together end together, whatever they think of it."""

from __future__ import annotations

import os
import signal

import pytest

from project.demo.processes import STOPS, Ended, Processes

STUBBORN = """
import pathlib, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path({file!r}).write_text("deaf")
time.sleep(300)
"""


@pytest.fixture
def stubborn(tmp_path):
    """The arguments of a process that ignores SIGTERM, and whether it does yet."""
    file = tmp_path / "deaf"
    return ("shell", "--no-imports", "-c", STUBBORN.format(file=str(file))), file.exists


@pytest.mark.parametrize("number", STOPS)
def test_a_signal_ends_the_wait_and_what_does_not_end_is_killed(stubborn, number):
    command, is_deaf = stubborn
    processes = Processes(grace=0.2)
    before = signal.getsignal(number)

    with processes.together():
        processes.start("stubborn", *command)
        assert processes.wait(until=is_deaf)
        os.kill(os.getpid(), number)
        assert not processes.wait()

    assert signal.getsignal(number) == before
    assert returncode(processes) == -signal.SIGKILL


def test_a_second_signal_ends_the_grace(stubborn):
    command, is_deaf = stubborn
    processes = Processes(grace=3600)

    with processes.together():
        processes.start("stubborn", *command)
        assert processes.wait(until=is_deaf)
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)

    assert returncode(processes) == -signal.SIGKILL


def test_a_process_that_ends_by_itself_is_named():
    processes = Processes(grace=10)

    with (
        processes.together(),
        pytest.raises(Ended, match="errand ended .exit status 0"),
    ):
        processes.start("errand", "version", quiet=True)
        processes.wait()


def returncode(processes):
    [process] = processes.running.values()
    return process.returncode
