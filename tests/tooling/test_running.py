"""A leg has a time: what takes longer is ended, with all that it started."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.scenarios.waiting import wait_until
from tests.tooling import legs, running
from tests.tooling.legs import Leg, python
from tests.tooling.matrix import run_leg
from tests.tooling.running import GRACE, run_within

ALONE = ("-p", "no:django", "-p", "no:randomly", "-p", "tests.tooling.report")

HANGING = """
import pathlib, subprocess, sys, time

def test_good():
    pass

def test_bad():
    assert False

def test_hangs():
    nap = [sys.executable, "-c", "import time; time.sleep(600)"]
    started = subprocess.Popen(nap, start_new_session=True)
    file = pathlib.Path(__file__).with_name("hangs")
    file.with_suffix(".new").write_text(str(started.pid))
    file.with_suffix(".new").rename(file)
    time.sleep(600)
"""
DEAF = """
import pathlib, signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
pathlib.Path({file!r}).touch()
time.sleep(600)
"""


@pytest.fixture
def hangs(tmp_path, monkeypatch):
    """The file with which a command says that it hangs: then its time is over."""
    file, wait = tmp_path / "hangs", subprocess.Popen.wait

    def wait_shorter(process, timeout=None):
        if timeout is None or timeout <= GRACE:
            return wait(process, timeout)
        wait_until(file.exists, 60, "the command hangs")
        raise subprocess.TimeoutExpired(process.args, timeout)

    monkeypatch.setattr(subprocess.Popen, "wait", wait_shorter)
    return file


@pytest.fixture
def leg(tmp_path, monkeypatch):
    """Return a leg of tests that are nothing to this project."""
    monkeypatch.setattr(legs, "REPORTS", tmp_path)

    def leg(tests):
        (tmp_path / "pytest.ini").write_text("[pytest]")
        (tmp_path / "test_it.py").write_text(tests)
        report = ("--parts-report", str(tmp_path / "x.json"))
        config = ("-q", "-c", str(tmp_path / "pytest.ini"))
        return Leg("x", (python("pytest", *config, *ALONE, *report, str(tmp_path)),))

    return leg


def test_a_leg_names_the_tests_that_failed(leg):
    result = run_leg(leg("def test_bad(): assert 0\ndef test_good(): pass"))

    assert result.verdict == "FAILED"
    assert result.note == "1 passed, 1 failed; pytest failed"
    assert result.failing == ("test_it.py::test_bad",)


def test_a_leg_that_takes_too_long_has_failed_and_says_how_far_it_came(
    leg, hangs, capfd
):
    result = run_leg(leg(HANGING))

    assert result.verdict == "FAILED"
    assert result.note == "1 passed, 2 failed; took longer than 900 s"
    assert result.failing == ("test_it.py::test_bad", "test_it.py::test_hangs")
    assert not is_alive(int(hangs.read_text()))
    printed = capfd.readouterr().out
    assert "assert False" in printed
    assert printed.endswith("x: took longer than 900 s\n")


def test_what_comes_after_it_is_not_begun(tmp_path):
    trace = (sys.executable, "-c", f"open({str(tmp_path / 'ran')!r}, 'w')")

    result = run_leg(Leg("x", (trace, trace), limit=0))

    assert (result.verdict, result.note) == ("FAILED", "took longer than 0 s")
    assert not (tmp_path / "ran").exists()


def test_what_does_not_heed_an_interruption_is_killed(hangs, monkeypatch):
    monkeypatch.setattr(running, "GRACE", 0.1)

    status = run_within(
        600, (sys.executable, "-c", DEAF.format(file=str(hangs))), os.environ
    )

    assert status is None


def test_nothing_that_a_command_started_outlives_it(tmp_path):
    nap = "import time; time.sleep(600)"
    start = (
        "import subprocess, sys\n"
        f"print(subprocess.Popen([sys.executable, '-c', {nap!r}], "
        "start_new_session=True).pid)"
    )
    with (tmp_path / "output").open("w+") as output:
        status = run_within(600, (sys.executable, "-c", start), os.environ, output)
        output.seek(0)
        started = int(output.read())

    assert status == 0
    assert not is_alive(started)


def is_alive(pid):
    """Tell whether it still runs; it may wait for somebody to ask how it ended."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
