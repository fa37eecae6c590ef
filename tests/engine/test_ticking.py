"""A tick's child process, as the web server that starts it follows it."""

from __future__ import annotations

import os
import resource
import sys
import time
from datetime import timedelta

import pytest

from cronmgmt.engine import ticking, workers
from cronmgmt.engine.ticking import TickFailed, tick
from cronmgmt.models import JobRun, Status

pytestmark = [pytest.mark.django_db, pytest.mark.part("1.1")]

LENGTH = timedelta(seconds=5)

# A stand-in for ``cronmgmt process``: it reads its options and does as it is told.
CHILD = """
import os, subprocess, sys, time
options = dict(word.lstrip("-").split("=") for word in sys.argv[3:])
assert sys.argv[1:3] == ["cronmgmt", "process"], sys.argv
report = int(options["report"])
def tell(*lines):
    for line in lines:
        os.write(report, line.encode() + b"\\n")
"""


@pytest.fixture
def child(settings):
    """Let ticks of a second start this program."""

    def use(program, **more):
        command = [sys.executable, "-c", CHILD + program]
        settings.CRONMGMT = {"TICK_COMMAND": command, "TICK_LENGTH": LENGTH, **more}

    return use


@pytest.fixture
def short(monkeypatch, settings):
    """Let it be nearly over when it begins: half a second is left."""
    begun = time.monotonic() - LENGTH.total_seconds() + 0.75

    class Clock:
        times = [begun]

        @classmethod
        def monotonic(cls):
            return cls.times.pop() if cls.times else time.monotonic()

    monkeypatch.setattr(ticking, "time", Clock)


def counts(tally):
    return tally.succeeded, tally.failed


def test_what_the_child_tells_is_counted(child):
    child('tell("worker w", "begun", "succeeded", "begun", "done")')

    assert counts(tick()) == (1, 1)


def test_it_is_told_its_limits(child):
    child(
        "assert options['max-runs'] == '7', options\n"
        "assert options['seconds'] == '5.0', options\n"
        "assert time.monotonic() - 3 < float(options['begun']) < time.monotonic()\n"
        "tell('done')",
        TICK_RUNS=7,
    )

    assert counts(tick()) == (0, 0)


def test_one_that_can_do_nothing_is_a_failure(child):
    child("sys.exit(3)")

    with pytest.raises(TickFailed, match="status 3"):
        tick()


def test_one_that_cannot_start_is_a_failure(settings):
    settings.CRONMGMT = {"TICK_COMMAND": ["/nowhere/python"]}

    with pytest.raises(TickFailed, match="cannot start"):
        tick()


def test_after_one_that_a_run_took_along_another_goes_on(child, tmp_path):
    child(
        f"first = not os.path.exists({str(tmp_path / 'x')!r})\n"
        f"open({str(tmp_path / 'x')!r}, 'w').close()\n"
        "tell('begun')\n"
        "if first: os._exit(70)\n"
        "tell('succeeded', 'done', options['max-runs'])\n",
        TICK_LENGTH=timedelta(seconds=30),
    )

    assert counts(tick()) == (1, 1)


@pytest.mark.usefixtures("short")
def test_one_that_hangs_is_killed_with_all_it_started_and_its_run_handed_on(
    child, make_run, tmp_path
):
    pids = tmp_path / "pids"
    worker = f"{workers.this().rsplit(':', 2)[0]}:1:abc"
    run = make_run(status=Status.RUNNING, worker=worker)
    child(
        "program = subprocess.Popen(['sleep', '60'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{program.pid}}')\n"
        f"tell('worker {worker}', 'begun')\n"
        "time.sleep(60)"
    )

    assert counts(tick()) == (0, 1)
    run.refresh_from_db()
    assert (run.status, run.losses) == (Status.QUEUED, 1)
    assert not any(is_alive(pid) for pid in pids.read_text().split())


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_a_thread_that_was_left_behind_holds_nobody_up(child):
    child("tell('begun', 'succeeded', 'done')\ntime.sleep(60)")
    began = time.monotonic()

    assert counts(tick()) == (1, 0)
    assert time.monotonic() - began < 4


def test_what_a_handler_leaves_running_does_not_hold_the_pipe_open(child):
    child(
        "os.set_inheritable(report, False)\n"
        "subprocess.Popen(['sleep', '20'], start_new_session=True)\n"
        "tell('begun', 'succeeded', 'done')"
    )
    began = time.monotonic()

    assert counts(tick()) == (1, 0)
    assert time.monotonic() - began < 4


def test_no_descriptor_is_left(child):
    child("tell('done')")
    tick()
    before = len(os.listdir("/proc/self/fd"))

    tick()

    assert len(os.listdir("/proc/self/fd")) == before


def test_a_server_with_many_descriptors_can_follow_it(child):
    child("tell('begun', 'succeeded', 'done')")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    many = [os.open("/dev/null", os.O_RDONLY) for _ in range(1100)]
    try:
        assert counts(tick()) == (1, 0)
    finally:
        for each in many:
            os.close(each)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("program", ["pass", "tell('worker w')"])
def test_one_that_ends_without_a_word_did_nothing(child, program):
    child(program)

    with pytest.raises(TickFailed, match="status 0"):
        tick()


@pytest.mark.parametrize(
    ("executable", "found"),
    [
        ("/venv/bin/python3.12", "/venv/bin/python3.12"),
        ("/usr/bin/uwsgi", "/venv/bin/python3"),
        (None, "/venv/bin/python3"),
    ],
)
def test_the_interpreter_is_found_where_a_server_embeds_it(
    monkeypatch, executable, found
):
    monkeypatch.setattr(sys, "executable", executable)
    monkeypatch.setattr(sys, "prefix", "/venv")

    assert ticking.command()[0] == found


@pytest.mark.django_db(transaction=True)
def test_the_real_child_does_a_tick(make_run):
    make_run()
    make_run(handler="t:fail")

    assert counts(tick()) == (1, 1)
    assert not JobRun.objects.filter(finished_at=None).exists()
