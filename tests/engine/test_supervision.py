"""While a run runs: lease, log, progress, time-out, cancel and shutdown.

These tests take real time, a fraction of a second each.
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest
from django.db import OperationalError

from cronmgmt.engine import actions, stopping, supervision
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.models import JobRun, RunLog, Status
from tests.engine.conftest import BEAT
from tests.engine.threads import in_another_thread, wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("quick_beats"),
]

TIMEOUT = timedelta(milliseconds=200)
SOON = 10
"""Seconds: at once, on a machine that is busy with other things; else it were 60."""


# Time-out.


def sleep(run):
    time.sleep(60)


async def sleep_in_a_coroutine(run):
    await asyncio.sleep(60)


def count(run):
    while True:
        pass


def swallow_once(run):
    try:
        time.sleep(60)
    except BaseException:  # noqa: B036
        time.sleep(60)


@pytest.mark.parametrize("handler", [sleep, sleep_in_a_coroutine, count, swallow_once])
def test_a_run_that_outlasts_its_time_out_is_ended(perform, handler):
    run = perform(handler, timeout=TIMEOUT)

    assert run.status == Status.TIMED_OUT
    assert run.reason == "Timed out after 0:00:00.200000."
    assert run.error_class == "RunTimedOut"
    assert 0.2 <= run.duration < SOON


def test_the_traceback_says_where_it_was(perform):
    assert "time.sleep(60)" in perform(sleep, timeout=TIMEOUT).traceback


def test_a_run_that_ends_in_time_is_not_touched(perform):
    def handler(run):
        time.sleep(0.1)
        return "done"

    run = perform(handler, timeout=timedelta(seconds=60))

    assert (run.status, run.result) == (Status.SUCCEEDED, "done")


def test_a_run_that_caught_its_time_out_has_timed_out_all_the_same(perform):
    def handler(run):
        try:
            time.sleep(60)
        except BaseException:  # noqa: B036
            return "as if nothing had happened"

    assert perform(handler, timeout=TIMEOUT).status == Status.TIMED_OUT


def test_a_time_out_may_be_tried_again(perform, clock):
    def handler(run):
        if run.attempt == 1:
            time.sleep(60)
        return "quicker"

    run = perform(handler, timeout=TIMEOUT, max_attempts=2)
    clock.move(timedelta(minutes=1))
    work_a_slice("default")

    run.refresh_from_db()
    assert (run.status, run.result) == (Status.SUCCEEDED, "quicker")
    assert run.attempts.get().outcome == Status.TIMED_OUT


def test_the_run_after_one_that_timed_out_has_all_its_time(perform):
    def handler(run):
        time.sleep(0.15)
        return "done"

    perform(sleep, timeout=TIMEOUT)

    assert perform(handler, timeout=TIMEOUT * 10).result == "done"


# Cancel.


def test_a_cancelled_run_is_interrupted_with_the_reason(perform):
    def handler(run):
        in_another_thread(lambda: actions.cancel_run(run.execution_id, reason="slow"))
        time.sleep(60)

    run = perform(handler)

    assert (run.status, run.reason) == (Status.CANCELLED, "Cancelled by code: slow")
    assert run.duration < SOON


# Lost lease.


@pytest.mark.part("4.1")
def test_an_owner_that_was_replaced_is_stopped_and_records_nothing(perform):
    def handler(run):
        in_another_thread(lambda: JobRun.objects.update(claim_token="another"))
        time.sleep(60)

    run = perform(handler)

    assert (run.status, run.claim_token) == (Status.RUNNING, "another")


@pytest.fixture
def away(monkeypatch):
    """Let the database be away for so many beats."""

    def be_away(beats):
        left = [OperationalError("server closed the connection")] * beats
        original = supervision.beat

        def beat(watch):
            if left:
                raise left.pop()
            original(watch)

        monkeypatch.setattr(supervision, "beat", beat)
        return left

    return be_away


def test_a_database_that_is_away_for_a_while_does_not_end_a_run(perform, away):
    missed = away(beats=3)

    def handler(run):
        run.log("all along")
        wait_until(lambda: not missed and RunLog.objects.exists())
        return "done"

    run = perform(handler)

    assert (run.status, run.result) == (Status.SUCCEEDED, "done")
    assert run.log.get().text == "all along\n"


@pytest.mark.part("4.1")
def test_one_that_is_away_for_a_lease_ends_it(perform, away, settings):
    settings.CRONMGMT = {"BEAT": BEAT, "LEASE": 4 * BEAT}
    away(beats=1000)

    run = perform(sleep)

    assert run.status == Status.RUNNING  # And recovered when its lease is over.


def test_a_supervisor_that_stumbles_goes_on(perform, monkeypatch, caplog):
    stumbles = []

    def beat(watch):
        stumbles.append(watch)
        raise RuntimeError("a bug")

    monkeypatch.setattr(supervision, "beat", beat)
    run = perform(waiting_for(stumbles, 2))

    assert run.status == Status.SUCCEEDED
    assert "the supervisor stumbled" in caplog.text


def waiting_for(things, count):
    def handler(run):
        wait_until(lambda: len(things) >= count)

    return handler


def test_it_looks_earlier_than_it_meant_to_when_a_run_needs_that(perform, settings):
    def until_it_looked(run):
        wait_until(lambda: not supervision.supervisor.is_dozing)

    settings.CRONMGMT = {"BEAT": timedelta(hours=1)}
    perform(until_it_looked)

    settings.CRONMGMT = {"BEAT": BEAT}
    run = perform(sleep, timeout=TIMEOUT)

    assert run.status == Status.TIMED_OUT


# Shutdown.


def test_a_run_is_handed_back_when_the_grace_is_over(handle, make_run, settings):
    settings.CRONMGMT = {"BEAT": BEAT, "SHUTDOWN_GRACE": 2 * BEAT}

    def handler(run):
        stopping.request()
        time.sleep(60)

    handle(handler)
    make_run(handler="t:here")
    work_a_slice("default")

    run = JobRun.objects.get()
    assert (run.status, run.attempt) == (Status.QUEUED, 0)
    assert run.attempts.get().reason == "The node is shutting down."
