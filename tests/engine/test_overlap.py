"""An unfinished run of a job keeps the next one from being made, and says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.engine import actions
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import JobRun, Status

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def next_hour(clock):
    clock.move(HOUR)
    queue_due(clock.time, alive_since=clock.time - HOUR)


@pytest.mark.parametrize("status", [Status.QUEUED, Status.CLAIMED, Status.RUNNING])
def test_an_unfinished_run_makes_the_next_one_skipped(make_job, clock, status):
    job = make_job()
    next_hour(clock)
    first = job.runs.get()
    JobRun.objects.update(status=status)

    next_hour(clock)

    second = job.runs.latest("pk")
    assert (second.status, second.active_key) == (Status.SKIPPED, None)
    assert second.reason == f"Skipped: run {first.pk} was still {status.label}."
    assert second.finished_at == clock.time
    assert second.scheduled_for == clock.time


def test_nobody_is_rung_for_a_skipped_run(
    make_job, clock, bell, django_capture_on_commit_callbacks
):
    make_job()
    next_hour(clock)

    with django_capture_on_commit_callbacks(execute=True):
        next_hour(clock)

    assert bell.rings == []


def test_a_finished_run_is_in_nobodys_way(make_job, clock):
    job = make_job()
    next_hour(clock)
    actions.cancel_run(job.runs.get().execution_id)

    next_hour(clock)

    assert job.runs.latest("pk").status == Status.QUEUED


def test_a_manual_run_is_in_the_way_too(make_job, clock):
    job = make_job()
    manual = actions.trigger("job")

    next_hour(clock)

    assert job.runs.latest("pk").reason == (
        f"Skipped: run {manual.pk} was still queued."
    )


def test_of_two_occurrences_in_one_look_the_first_runs(make_job, clock):
    job = make_job(schedule_kind="interval", schedule_expression="30m")

    next_hour(clock)

    first, second = job.runs.order_by("scheduled_for")
    assert (first.status, second.status) == (Status.QUEUED, Status.SKIPPED)
    assert second.reason == ("Skipped: the one of 12:30:00 UTC had yet to start.")


def test_runs_that_may_overlap_do(make_job, clock):
    job = make_job(overlap="allow")

    next_hour(clock)
    next_hour(clock)

    assert job.runs.filter(status=Status.QUEUED).count() == 2


def test_jobs_are_in_no_other_jobs_way(make_job, clock):
    make_job("members")
    make_job("positions")

    next_hour(clock)

    assert JobRun.objects.filter(status=Status.QUEUED).count() == 2
