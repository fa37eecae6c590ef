"""The handler is called, and whatever it does ends as an ordinary outcome."""

from __future__ import annotations

import logging
import sys
import threading
from datetime import timedelta

import pytest

from cronmgmt.engine.execution import execute
from cronmgmt.models import JobRun, RunLog, Status
from cronmgmt.signals import run_started
from tests.app.jobs import nothing

pytestmark = pytest.mark.django_db


def log_of(run):
    return "".join(piece.text for piece in run.log.all())


def test_a_handler_gets_the_run_and_its_parameters(perform):
    def handler(run, limit: int, dry: bool = False):
        return [run.job_name, limit, dry]

    run = perform(handler, params={"limit": 3}, job_name="members")

    assert (run.status, run.result) == (Status.SUCCEEDED, ["members", 3, False])


def test_a_handler_may_do_without_the_run(perform):
    def handler():
        return "done"

    assert perform(handler).result == "done"


def test_a_handler_may_be_a_coroutine(perform):
    async def handler(run):
        return "done"

    assert perform(handler).result == "done"


@pytest.mark.parametrize(
    "error",
    [
        ValueError("no"),
        SystemExit(3),
        KeyboardInterrupt(),
        GeneratorExit(),
        RecursionError(),
        MemoryError(),
        StopIteration(),
    ],
)
def test_whatever_a_handler_raises_is_a_failure(perform, error):
    def handler(run):
        raise error

    run = perform(handler)

    assert (run.status, run.error_class) == (Status.FAILED, type(error).__name__)


def test_a_coroutine_that_raises_fails(perform):
    async def handler(run):
        raise SystemExit(1)

    assert perform(handler).error_class == "SystemExit"


def test_the_traceback_begins_in_the_handler(perform):
    def handler(run):
        raise ValueError("no")

    lines = perform(handler).traceback.splitlines()

    assert lines[0].startswith("Traceback")
    assert "in handler" in lines[1]


def test_a_handler_that_this_code_does_not_know_fails_with_the_nearest_name(make_run):
    run = make_run(status=Status.RUNNING, handler="t:nothin")

    outcome = execute(run)

    assert (outcome.status, outcome.error_class) == (Status.FAILED, "UnknownHandler")
    assert "Did you mean t:nothing?" in outcome.error_message


def test_what_it_prints_is_in_the_runs_log(perform, capsys):
    def handler(run):
        print("3 rows")  # noqa: T201
        logging.getLogger("host").warning("1 is odd")
        run.log("done")

    run = perform(handler)

    assert log_of(run) == "3 rows\nWARNING host: 1 is odd\ndone\n"
    assert capsys.readouterr().out == ""


def test_what_it_printed_before_it_failed_is_kept(perform):
    def handler(run):
        print("half way")  # noqa: T201
        raise ValueError

    assert log_of(perform(handler)) == "half way\n"


def test_megabytes_are_kept_as_their_beginning_and_end(perform, settings):
    # No beat comes between: it could not see a run that the test has not committed.
    settings.CRONMGMT = {"LOG_LIMIT": 1000, "BEAT": timedelta(hours=1)}

    def handler(run):
        for number in range(50_000):
            print(f"line {number:05} of many")  # noqa: T201

    text = log_of(perform(handler))

    assert text.startswith("line 00000")
    assert text.endswith("line 49999 of many\n")
    assert len(text) < 1100


def test_silence_leaves_no_log(perform):
    perform(nothing)

    assert not RunLog.objects.exists()


def test_what_it_cost_is_recorded(perform):
    def handler(run):
        sum(range(100_000))

    run = perform(handler)

    assert run.duration > 0
    assert run.cpu_seconds > 0
    assert run.peak_memory > 1_000_000


def test_what_a_thread_prints_after_the_end_is_nobodys(perform):
    ready, go = threading.Event(), threading.Event()
    threads = []

    def late(stream):
        ready.set()
        go.wait()
        stream.write("too late")

    def handler(run):
        threads.append(threading.Thread(target=late, args=(sys.stdout,)))
        threads[0].start()
        ready.wait()

    run = perform(handler)
    go.set()
    threads[0].join()

    assert run.status == Status.SUCCEEDED
    assert log_of(run) == ""


def test_the_sites_code_hears_that_a_run_starts(perform):
    heard = []

    def receiver(run, **kwargs):
        heard.append(run.status)
        raise RuntimeError("a broken receiver")

    run_started.connect(receiver)
    run = perform(nothing)

    run_started.disconnect(receiver)
    assert heard == [Status.RUNNING]
    assert run.status == Status.SUCCEEDED


def test_one_run_after_the_other_finds_nothing_of_the_last(perform):
    streams = []

    def handler(run):
        streams.append(sys.stdout)
        print("mine")  # noqa: T201

    first, second = perform(handler), perform(handler)

    assert streams[0] is not streams[1]
    assert log_of(first) == log_of(second) == "mine\n"


def test_a_run_is_executed_though_its_job_was_deleted(perform, make_job):
    job = make_job()

    def handler(run):
        job.delete()
        return "done"

    run = perform(handler, job=job)

    assert (run.status, run.job) == (Status.SUCCEEDED, None)
    assert JobRun.objects.count() == 1
