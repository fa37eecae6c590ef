"""Old and new code side by side: a handler that only the new has waits for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from cronmgmt.engine.declaring import apply_declarations
from cronmgmt.engine.elsewhere import LONGEST_WAIT, TRIES
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.errors import InvalidParameters, UnknownHandler
from cronmgmt.models import JobRun, ScheduledJob, Status

pytestmark = [pytest.mark.django_db, pytest.mark.part("4.7")]

NEW = "t:new"


def look(run, clock):
    """Let a worker of this version look at the queue; return how long the run waits."""
    work_a_slice(run.queue)
    run.refresh_from_db()
    return run.available_at - clock.time


def test_it_is_left_to_a_node_with_newer_code_and_uses_up_no_attempt(make_run, clock):
    run = make_run(handler=NEW, active_key="k")

    assert look(run, clock) == timedelta(seconds=2)

    assert (run.status, run.attempt, run.active_key) == (Status.QUEUED, 0, "k")
    assert "'t:new' in this version of the code" in run.reason
    assert "newer code" in run.reason
    kept = run.attempts.get()
    assert (kept.outcome, kept.error_class) == ("handed_back", "UnknownHandler")


def test_newer_code_runs_it(make_run, clock, handle):
    run = make_run(handler=NEW)
    clock.move(look(run, clock))

    def new():
        return 3

    handle(new, name=NEW)

    look(run, clock)

    assert (run.status, run.attempt, run.result) == (Status.SUCCEEDED, 1, 3)


def test_where_nobody_knows_it_it_fails_within_minutes(make_run, clock):
    run = make_run(handler=NEW)
    began = clock.time
    waits = []

    while run.status == Status.QUEUED:
        waits.append(look(run, clock))
        clock.move(max(waits[-1], timedelta()))

    assert waits[:TRIES] == sorted(waits[:TRIES])
    assert max(waits) == LONGEST_WAIT
    assert len(waits) == TRIES + 1
    assert timedelta(minutes=4) < clock.time - began < timedelta(minutes=5)
    assert (run.status, run.error_class) == (Status.FAILED, "UnknownHandler")
    assert "in this version of the code" in run.error_message


def test_what_waits_for_newer_code_can_be_cancelled(make_run, clock):
    run = make_run(status=Status.QUEUED, handler=NEW)
    look(run, clock)
    JobRun.objects.update(cancel_requested=True, reason="No more.")
    clock.move(LONGEST_WAIT)

    look(run, clock)

    assert (run.status, run.reason) == (Status.CANCELLED, "No more.")


def test_a_handler_that_asks_for_an_unknown_one_has_failed(perform):
    def asks():
        raise UnknownHandler("No handler is registered as 't:new'.")

    run = perform(asks)

    assert (run.status, run.attempts.count()) == (Status.FAILED, 0)


# Parameters that only newer code takes.


def old(run, limit: int = 10):
    return limit


@pytest.fixture
def declared(declare, make_job):
    """A job as this code declares it; its row may be another code's by then."""
    declare("t:work", cron="0 * * * *")
    apply_declarations()
    return ScheduledJob.objects.get(name="t:work")


def test_parameters_of_newer_code_are_left_to_it(make_run, clock, handle):
    handle(old, name=NEW)
    run = make_run(handler=NEW, params={"colour": "red"})

    assert look(run, clock) == timedelta(seconds=2)

    assert (run.status, run.attempt) == (Status.QUEUED, 0)
    assert "no parameter 'colour'" in run.reason
    assert "newer code" in run.reason
    assert run.attempts.get().error_class == "InvalidParameters"


def test_newer_code_takes_them(make_run, clock, handle):
    handle(old, name=NEW)
    run = make_run(handler=NEW, params={"colour": "red"})
    clock.move(look(run, clock))

    def new(run, colour: str):
        return colour

    handle(new, name=NEW)
    look(run, clock)

    assert (run.status, run.attempt, run.result) == (Status.SUCCEEDED, 1, "red")


def test_where_nobody_takes_them_it_fails_within_minutes(make_run, clock, handle):
    handle(old, name=NEW)
    run = make_run(handler=NEW, params={"colour": "red"}, max_attempts=3)
    began = clock.time

    while run.status == Status.QUEUED:
        clock.move(max(look(run, clock), timedelta()))

    assert timedelta(minutes=4) < clock.time - began < timedelta(minutes=5)
    assert (run.status, run.error_class) == (Status.FAILED, "InvalidParameters")
    assert "no parameter 'colour'" in run.error_message


def test_what_this_very_code_declares_fails_at_once(declared, make_run, clock):
    ScheduledJob.objects.update(params={"colour": "red"})
    run = make_run(declared, params={"colour": "red"})

    look(run, clock)

    assert (run.status, run.attempt) == (Status.FAILED, 1)
    assert "no parameter 'colour'" in run.error_message


@pytest.mark.parametrize("by", ["a newer declaration", "somebody's parameters"])
def test_what_other_code_wrote_is_left_to_it(declared, make_run, clock, by):
    if by == "a newer declaration":
        columns = {**declared.declared, "params": {"colour": "red"}}
        ScheduledJob.objects.update(declared=columns, params={"colour": "red"})
    run = make_run(declared, params={"colour": "red"})

    look(run, clock)

    assert (run.status, run.attempt) == (Status.QUEUED, 0)


def test_parameters_that_a_handler_itself_gets_wrong_are_its_failure(perform):
    def asks():
        raise InvalidParameters("h has no parameter 'colour'.")

    run = perform(asks)

    assert (run.status, run.attempts.count()) == (Status.FAILED, 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.part("4.1")
def test_a_migration_ahead_of_the_code_is_no_matter(make_node, make_job, clock):
    tables = ("cronmgmt_scheduledjob", "cronmgmt_jobrun", "cronmgmt_node")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN added_later INTEGER NULL")
        cursor.execute("CREATE TABLE cronmgmt_added_later (id INTEGER PRIMARY KEY)")
    try:
        job = make_job(next_run_at=clock.time)
        make_node().turn()
        work_a_slice(job.queue)

        assert job.runs.get().status == Status.SUCCEEDED
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE cronmgmt_added_later")
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DROP COLUMN added_later")
