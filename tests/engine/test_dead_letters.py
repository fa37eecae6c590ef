"""What failed for good is kept, listed, and run again by a person; then it is history."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt import queries
from cronmgmt.engine import actions, retention
from cronmgmt.engine.actions import Actor
from cronmgmt.engine.claiming import claim, start
from cronmgmt.engine.finishing import finish
from cronmgmt.engine.outcomes import Outcome
from cronmgmt.models import FAILURES, JobRun, RunAttempt, Status
from cronmgmt.queries import RunFilter

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("bell"),
    pytest.mark.part("4.7"),
]

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
ALICE = Actor("alice", "dashboard")


@pytest.fixture
def dead_letter(make_job, clock):
    """A run that failed at each of its attempts."""
    make_job(max_attempts=2, keep_last=0)
    run = actions.trigger("job")
    for _ in range(2):
        clock.move(MINUTE)
        (claimed,) = claim("default").runs
        start(claimed)
        finish(claimed, Outcome(Status.FAILED, "ValueError: no rows"))
    return JobRun.objects.get(pk=run.pk)


def failed(clock, age=DAY):
    asked = RunFilter(states=tuple(FAILURES), ended_since=clock.time - age)
    return queries.find_runs(asked).runs


def stuck(clock):
    asked = RunFilter(states=("queued",), due_before=clock.time - 5 * MINUTE)
    return queries.find_runs(asked).runs


def test_it_is_listed_with_its_attempts(dead_letter, clock):
    assert failed(clock) == [dead_letter]
    assert (dead_letter.status, dead_letter.attempt) == (Status.FAILED, 2)
    assert RunAttempt.objects.get().run == dead_letter


@pytest.mark.parametrize(("days", "there"), [(364, True), (366, False)])
def test_it_is_kept_for_a_year(dead_letter, clock, days, there):
    clock.move(days * DAY)

    retention.prune()

    assert JobRun.objects.exists() == there
    assert RunAttempt.objects.exists() == there


def test_a_person_runs_it_again_and_it_stays_as_it_was(dead_letter, clock):
    clock.move(DAY)
    again = actions.rerun(dead_letter.execution_id, ALICE, reason="fixed")
    (claimed,) = claim("default").runs
    start(claimed)
    finish(claimed, Outcome(Status.SUCCEEDED))

    again.refresh_from_db()
    assert again.status == Status.SUCCEEDED
    assert again.rerun_of == dead_letter.execution_id
    assert again.requested_by == "alice"
    dead_letter.refresh_from_db()
    assert dead_letter.status == Status.FAILED


@pytest.mark.part("1.7")
def test_what_nobody_starts_is_stuck_after_five_minutes(make_job, clock):
    make_job()
    run = actions.trigger("job")

    clock.move(4 * MINUTE)
    assert stuck(clock) == []
    clock.move(2 * MINUTE)
    assert stuck(clock) == [run]


def test_work_without_a_job_is_kept_too(make_run, clock):
    for status in (Status.SUCCEEDED, Status.FAILED):
        make_run(status=status, origin="enqueue", finished_at=clock.time)
    clock.move(100 * DAY)

    retention.prune()

    assert JobRun.objects.get().status == Status.FAILED
