"""What of a running run is written while it runs.

These tests take real time, a fraction of a second each.
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

import pytest

from cronmgmt.engine.loop import work_a_slice
from cronmgmt.models import JobRun, RunLog, Status
from tests.engine.conftest import BEAT
from tests.engine.threads import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("quick_beats"),
]


def test_log_and_progress_are_there_while_it_runs(perform):
    seen = []

    def read():
        log = "".join(RunLog.objects.values_list("text", flat=True))
        row = JobRun.objects.get()
        seen.append((log, row.progress_done, row.progress_total))
        return log

    def handler(run):
        run.progress(5, 10)
        run.log("half way")
        wait_until(read)
        run.log("done")

    run = perform(handler)

    assert seen[-1] == ("half way\n", 5, 10)
    assert [piece.text for piece in run.log.all()] == ["half way\n", "done\n"]


@pytest.mark.part("4.1")
def test_the_lease_is_extended_while_it_runs(perform, settings, clock):
    settings.CRONMGMT = {"BEAT": BEAT, "LEASE": timedelta(milliseconds=300)}
    leases = set()

    def handler(run):
        first = JobRun.objects.get().lease_expires_at
        clock.move(timedelta(seconds=1))
        wait_until(
            lambda: leases.add(JobRun.objects.get().lease_expires_at) or len(leases) > 1
        )
        assert first in leases

    run = perform(handler)

    assert run.status == Status.SUCCEEDED
    assert len(leases) == 2


def test_what_was_claimed_ahead_is_given_back_when_a_run_takes_long(
    make_run, handle, monkeypatch
):
    monkeypatch.setattr("cronmgmt.engine.loop.pace.fitting", lambda handlers: 9)
    runs = [make_run(handler="t:here") for _ in range(3)]

    def handler(run):
        if run.execution_id == runs[0].execution_id:
            wait_until(lambda: not JobRun.objects.filter(status="claimed").exists())
            assert JobRun.objects.filter(status="queued").count() == 2

    handle(handler)
    work_a_slice("default")

    assert {run.status for run in JobRun.objects.all()} == {Status.SUCCEEDED}


def test_a_short_run_is_not_looked_at(perform, caplog):
    def handler(run):
        return threading.active_count()

    with caplog.at_level(logging.WARNING):
        run = perform(handler)

    assert run.status == Status.SUCCEEDED
    assert caplog.text == ""
