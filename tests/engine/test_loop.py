"""Claim, start, execute, finish, and again, until nothing is left."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import DataError, InternalError, OperationalError

from cronmgmt.engine import actions, loop, stopping
from cronmgmt.engine.loop import finish_surely, work_a_slice, work_off
from cronmgmt.engine.outcomes import Outcome
from cronmgmt.engine.pace import Pace
from cronmgmt.models import JobRun, Status
from tests.naps import instead_of_sleep

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def statuses():
    def read():
        return list(JobRun.objects.order_by("pk").values_list("status", flat=True))

    return read


@pytest.fixture
def pace(monkeypatch):
    """A pace by which the handlers of the tests are known to be quick."""
    pace = Pace()
    for name in ("t:nothing", "t:here", "t:fail"):
        pace.note(name, 0.001)
    monkeypatch.setattr(loop, "pace", pace)
    return pace


def test_an_empty_queue_is_done(clock):
    assert work_a_slice("default") == (0, False)


def test_all_that_waits_is_worked_off(make_run, statuses):
    for _ in range(3):
        make_run()

    assert work_a_slice("default") == (3, False)
    assert statuses() == [Status.SUCCEEDED] * 3


def test_a_failure_does_not_end_the_slice(make_run, statuses, pace):
    make_run(handler="t:fail")
    make_run()

    work_a_slice("default")

    assert statuses() == [Status.FAILED, Status.SUCCEEDED]


def test_only_so_many_runs_if_so_many_are_asked_for(make_run, statuses, pace):
    for _ in range(3):
        make_run()

    assert work_a_slice("default", runs=2) == (2, True)
    assert statuses() == [Status.SUCCEEDED, Status.SUCCEEDED, Status.QUEUED]


def test_when_the_slice_is_over_there_may_be_more(make_run, settings, handle):
    settings.CRONMGMT = {"SLICE": timedelta(milliseconds=1)}
    handle(busy_for(0.002))
    for _ in range(2):
        make_run(handler="t:here")

    assert work_a_slice("default") == (1, True)


def busy_for(seconds):
    def handler(run):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pass

    return handler


def test_a_site_that_runs_nothing_works_nothing_off(make_run, settings, statuses):
    settings.CRONMGMT = {"ENABLED": False}
    make_run()

    assert work_a_slice("default") == (0, False)
    assert statuses() == [Status.QUEUED]


def test_a_process_that_is_to_stop_claims_nothing(make_run, statuses):
    make_run()
    stopping.request()

    assert work_a_slice("default") == (0, False)
    assert statuses() == [Status.QUEUED]


def test_what_was_claimed_ahead_is_given_back_when_it_is_to_stop(
    make_run, handle, statuses, pace
):
    handle(stop)
    for _ in range(3):
        make_run(handler="t:here")

    assert work_a_slice("default") == (1, False)
    assert statuses() == [Status.SUCCEEDED, Status.QUEUED, Status.QUEUED]


def stop(run):
    stopping.request()


def test_a_run_that_is_about_due_is_waited_for(make_run, monkeypatch, clock):
    waits = []

    def pause(seconds):
        waits.append(seconds)
        clock.move(timedelta(seconds=seconds))

    monkeypatch.setattr(stopping, "pause", pause)
    make_run(available_at=clock.time + SECOND / 2)

    assert work_a_slice("default") == (1, False)
    assert waits == [0.5]
    assert JobRun.objects.get().started_at >= JobRun.objects.get().available_at


def test_a_run_that_became_available_while_another_ran_is_worked_off(
    make_run, handle, clock
):
    make_run(handler="t:here")
    make_run(available_at=clock.time + 60 * SECOND)

    def handler(run):
        clock.move(60 * SECOND)

    handle(handler)

    assert work_a_slice("default").done == 2


def test_a_run_cancelled_after_the_claim_is_passed_over(make_run, handle, pace):
    runs = [make_run(handler="t:here") for _ in range(3)]

    def handler(run):
        if run.execution_id == runs[0].execution_id:
            actions.cancel_run(runs[1].execution_id)

    handle(handler)
    assert work_a_slice("default").done == 2

    runs[1].refresh_from_db()
    assert (runs[1].status, runs[1].attempt) == (Status.CANCELLED, 0)


def test_the_first_of_a_claim_may_be_gone_already(make_run, statuses):
    runs = [make_run(status=Status.CLAIMED) for _ in range(2)]
    actions.cancel_run(runs[0].execution_id)

    assert work_off(runs) == 1
    assert statuses() == [Status.CANCELLED, Status.SUCCEEDED]


def test_each_run_is_started_when_the_one_before_it_has_ended(make_run, handle, pace):
    seen = []

    def handler(run):
        seen.append(sorted(JobRun.objects.values_list("status", flat=True)))

    handle(handler)
    for _ in range(3):
        make_run(handler="t:here")
    work_a_slice("default")

    assert seen == [
        ["claimed", "claimed", "running"],
        ["claimed", "running", "succeeded"],
        ["running", "succeeded", "succeeded"],
    ]


def test_a_step_that_fails_gives_back_what_was_claimed(make_run, monkeypatch, statuses):
    runs = [make_run(status=Status.CLAIMED) for _ in range(3)]

    def fail(*args, **options):
        raise RuntimeError

    monkeypatch.setattr(loop, "execute", fail)
    with pytest.raises(RuntimeError):
        work_off(runs)

    assert statuses() == [Status.RUNNING, Status.QUEUED, Status.QUEUED]


# An outcome is recorded even if that takes several tries.


@pytest.fixture
def failing(monkeypatch):
    """Let ``finish`` raise these errors before it works again."""

    def fail(*errors):
        left = list(errors)
        original = loop.finish

        def finish(run, outcome, following):
            if left:
                raise left.pop(0)
            return original(run, outcome, following)

        monkeypatch.setattr(loop, "finish", finish)
        # The connection of the test must stay as it is, and so must its patience.
        monkeypatch.setattr(loop, "close_all", lambda: None)
        instead_of_sleep(monkeypatch, loop)

    return fail


def test_an_outcome_survives_a_database_that_is_away_for_a_while(make_run, failing):
    run = make_run(status=Status.RUNNING)
    closed, down = OperationalError("server closed the connection"), InternalError("no")
    failing(closed, down, down, down)

    assert finish_surely(run, Outcome(Status.SUCCEEDED, result=3)).recorded
    assert JobRun.objects.get().result == 3


def test_for_as_long_as_the_lease_may_last(make_run, failing, settings, caplog):
    settings.CRONMGMT = {"LEASE": timedelta(microseconds=1)}
    run = make_run(status=Status.RUNNING)
    failing(*[OperationalError("down")] * 100)

    assert not finish_surely(run, Outcome(Status.SUCCEEDED)).recorded
    assert "its outcome is lost" in caplog.text


def test_an_outcome_that_cannot_be_written_is_recorded_without_its_parts(
    make_run, failing
):
    run = make_run(status=Status.RUNNING)
    failing(DataError("no such character"), DataError("no such character"))

    outcome = Outcome(Status.FAILED, "ValueError: no", error_class="ValueError")
    assert finish_surely(run, outcome).recorded

    row = JobRun.objects.get()
    assert (row.status, row.error_class) == (Status.FAILED, "ValueError")
    assert row.reason == "ValueError: no The rest could not be recorded: DataError."


def test_one_that_nothing_helps_is_left_to_recovery(make_run, failing):
    run = make_run(status=Status.RUNNING)
    failing(*[DataError("no")] * 10)

    assert not finish_surely(run, Outcome(Status.SUCCEEDED)).recorded
    assert JobRun.objects.get().status == Status.RUNNING
