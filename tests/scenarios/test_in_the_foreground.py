"""``manage.py cronmgmt run NAME``: one job, here and now."""

from __future__ import annotations

import os
import signal
from datetime import timedelta

import pytest

from cronmgmt.models import Status

pytestmark = pytest.mark.part("0.9")


@pytest.mark.once
@pytest.mark.part("3.4")
def test_it_prints_what_the_handler_prints_and_succeeds(site):
    done = site.call("cronmgmt", "run", "talks")

    assert done.returncode == 0
    assert "this is printed" in done.stdout
    assert "talks succeeded" in done.stdout
    run = site.runs().get()
    assert (run.status, run.result) == (Status.SUCCEEDED, {"counted": 3})
    assert "this is printed" in site.log(run.execution_id)


@pytest.mark.once
@pytest.mark.part("3.4")
def test_its_failure_is_the_commands(site):
    done = site.call("cronmgmt", "run", "fails-for-good")

    assert done.returncode == 1
    assert "the source is gone" in done.stderr
    assert "Traceback" not in done.stderr
    run = site.runs().get()
    assert (run.status, run.attempt) == (Status.FAILED, 1)


@pytest.mark.once
def test_it_is_tried_once_whatever_the_job_says(site):
    done = site.call("cronmgmt", "run", "fails")

    assert done.returncode == 1
    assert len(site.notes("START")) == 1


@pytest.mark.once
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_interrupted_has_failed(site, number):
    command = site.start("run", "cronmgmt", "run", "stays-once")
    site.noted("START")

    command.signal(number)

    assert command.wait(within=5) == 1
    run = site.runs().get()
    assert (run.status, run.attempt) == (Status.FAILED, 1)
    assert "KeyboardInterrupt" in run.reason
    assert run.active_key is None


@pytest.mark.part("0.11")
def test_a_run_whose_command_was_killed_is_recovered_after_its_lease(site):
    site.conf = {"LEASE": 3.0}
    command = site.start("run", "cronmgmt", "run", "stays")
    pid = site.noted("START")["pid"]

    os.kill(pid, signal.SIGKILL)
    command.wait(within=5)
    site.node()

    run = site.ended(str(site.runs().get().execution_id), within=12)
    assert (run.status, run.losses) == (Status.SUCCEEDED, 1)


@pytest.mark.once
@pytest.mark.part("4.1")
def test_it_keeps_its_lease_for_as_long_as_it_runs(site):
    site.conf = {"LEASE": 3.0}
    site.node()
    command = site.start(
        "run", "cronmgmt", "run", "naps-once", '--params={"seconds": 7}'
    )

    assert command.wait(within=15) == 0
    run = site.runs().get()
    assert (run.status, run.losses) == (Status.SUCCEEDED, 0)
    assert len(site.notes("START")) == 1


@pytest.mark.once
def test_it_refuses_while_a_run_is_unfinished(site):
    site.start("first", "cronmgmt", "run", "stays")
    site.noted("START")

    second = site.call("cronmgmt", "run", "stays")

    assert second.returncode == 1
    assert "do not overlap" in second.stderr
    assert site.runs().count() == 1


@pytest.mark.once
def test_a_job_that_does_not_exist_is_refused(site):
    done = site.call("cronmgmt", "run", "nothing-of-the-kind")

    assert done.returncode == 1
    assert "There is no job 'nothing-of-the-kind'" in done.stderr


@pytest.mark.once
def test_a_time_out_holds_here_too(site):
    site.jobs(name="stays").update(timeout=timedelta(seconds=1))

    done = site.call("cronmgmt", "run", "stays")

    assert done.returncode == 1
    assert "Timed out after 0:00:01" in done.stderr
