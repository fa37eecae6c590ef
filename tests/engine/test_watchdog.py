"""Code that cannot be interrupted takes its process with it, but not its outcome."""

from __future__ import annotations

import os
import tempfile
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest

from cronmgmt.engine import supervision, watchdog
from cronmgmt.engine.context import Run
from cronmgmt.engine.output import Output
from cronmgmt.engine.supervision import Watch
from cronmgmt.errors import RunTimedOut
from cronmgmt.models import JobRun, Status

MINUTE = timedelta(minutes=1)


@pytest.fixture
def exits(monkeypatch):
    """The exit statuses of processes that would have ended."""
    exits = []
    monkeypatch.setattr(watchdog.os, "_exit", exits.append)
    return exits


@pytest.fixture
def watch(make_run):
    row = make_run(status=Status.RUNNING, timeout=MINUTE)
    output = Output()
    return Watch(row, Run(row, output), output)


@pytest.fixture
def armed(monkeypatch):
    """This process may be ended, as a worker may."""
    monkeypatch.setattr(watchdog, "_armed_for", os.getpid())


@pytest.mark.django_db
def test_a_web_process_is_never_ended(watch, exits):
    watch.gate.pending = RunTimedOut()

    watchdog.end_process(watch)

    assert exits == []
    assert JobRun.objects.get().status == Status.RUNNING


@pytest.mark.django_db
def test_a_worker_is_ended_and_the_outcome_recorded_first(armed, watch, exits):
    watch.gate.pending = RunTimedOut("slow")

    watchdog.end_process(watch)

    row = JobRun.objects.get()
    assert exits == [watchdog.EXIT_STATUS]
    assert row.status == Status.TIMED_OUT
    assert row.reason == (
        "Timed out after 0:01:00. The handler did not end when interrupted; "
        "its process was ended."
    )
    assert "in test_a_worker_is_ended" in row.traceback


@pytest.mark.django_db
def test_without_an_interruption_nothing_is_ended(armed, watch, exits):
    watchdog.end_process(watch)

    assert exits == []


@pytest.mark.django_db
def test_a_process_whose_outcome_cannot_be_recorded_ends_all_the_same(
    armed, watch, exits, monkeypatch, caplog
):
    def fail(row, outcome):
        raise RuntimeError("no database")

    monkeypatch.setattr(watchdog, "finish", fail)
    watch.gate.pending = RunTimedOut("slow")
    watchdog.end_process(watch)

    assert exits == [watchdog.EXIT_STATUS]
    assert "left to recovery" in caplog.text


def test_unarmed_it_counts_nothing():
    watchdog.begin(deadline=0.0)
    watchdog.pause()

    assert not watchdog.is_armed()
    assert not watchdog._counting


def test_arming_is_for_one_process(monkeypatch):
    monkeypatch.setattr(watchdog, "_armed_for", os.getpid() + 1)

    assert not watchdog.is_armed()


def test_a_folder_of_somebody_else_is_not_written_to(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(watchdog.os, "getuid", lambda: os.stat(tmp_path).st_uid + 1)
    monkeypatch.setattr(watchdog, "_armed_for", None)

    with pytest.raises(PermissionError):
        watchdog.arm()


def test_it_shows_where_a_thread_is():
    ready, go = threading.Event(), threading.Event()

    def hang():
        ready.set()
        go.wait()

    thread = threading.Thread(target=hang)
    thread.start()
    ready.wait()
    stack = watchdog.stack_of(thread.ident)
    go.set()
    thread.join()

    assert "in hang" in stack
    assert watchdog.stack_of(-1) == ""


@pytest.fixture
def count(monkeypatch):
    """What becomes of the count that ends this process."""
    told = []
    monkeypatch.setattr(watchdog, "begin", lambda deadline: None)
    monkeypatch.setattr(watchdog, "rearm", lambda deadline: told.append("begun anew"))
    monkeypatch.setattr(watchdog, "pause", lambda: told.append("paused"))
    monkeypatch.setattr(supervision, "close_all", lambda: None)
    return told


def test_a_worker_whose_runs_are_too_short_to_be_seen_is_not_ended(count, monkeypatch):
    supervisor = supervision.Supervisor()
    monkeypatch.setattr(supervisor, "_start_thread", lambda: None)
    short = SimpleNamespace(deadline=None, next_look=lambda: 1.0)

    for _ in range(3):
        with supervisor.watching(short):
            pass
        supervisor._turn()

    assert count == ["begun anew"] * 3
    supervisor._turn()
    assert count[3:] == ["paused"]
