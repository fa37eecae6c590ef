"""A run's row: its constraints carry the promises."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from cronmgmt.engine import actions
from cronmgmt.engine.actions import Actor
from cronmgmt.models import (
    UNFINISHED,
    Activity,
    Gap,
    JobRun,
    RunAttempt,
    Status,
    move,
)

pytestmark = pytest.mark.django_db


@pytest.mark.part("4.1")
def test_an_occurrence_has_one_run(make_job, make_run, now):
    job = make_job()
    make_run(job, "missed", scheduled_for=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_run(job, scheduled_for=now)


def test_two_jobs_may_be_due_at_one_time(make_job, make_run, now):
    make_run(make_job("members"), scheduled_for=now)
    make_run(make_job("positions"), scheduled_for=now)

    assert JobRun.objects.filter(scheduled_for=now).count() == 2


def test_any_number_of_runs_were_made_by_hand(make_job, make_run):
    job = make_job()
    make_run(job)
    make_run(job)

    assert job.runs.count() == 2


def test_an_active_key_is_held_by_one_run(make_run):
    make_run(active_key="k")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_run(active_key="k")


def test_runs_without_an_active_key_do_not_meet(make_run):
    make_run(active_key=None)
    make_run(active_key=None)

    assert JobRun.objects.count() == 2


@pytest.mark.parametrize("status", Status)
def test_it_is_finished_when_nothing_more_can_happen_to_it(make_run, status):
    assert make_run(status=status).is_finished == (status not in UNFINISHED)


@pytest.mark.part("4.1")
def test_it_moves_only_for_the_owner_of_the_token(make_run):
    run = make_run(status=Status.RUNNING)

    assert not move(run.pk, Status.RUNNING, "another", reason="too late")
    assert move(run.pk, Status.RUNNING, "mine", reason="in time")
    assert JobRun.objects.get().reason == "in time"


def test_it_moves_only_from_where_the_owner_left_it(make_run):
    run = make_run(status=Status.CLAIMED)

    assert not move(run.pk, Status.RUNNING, "mine", reason="too late")


@pytest.mark.part("4.1")
def test_its_fencing_token_grows_with_every_claim(make_run):
    run = make_run(claims=1)
    first = run.fencing_token

    run.claims += 1

    assert run.fencing_token > first
    assert make_run(claims=1).fencing_token > run.fencing_token


def test_its_runs_outlive_a_job(make_job, make_run):
    job = make_job("members")
    run = make_run(job, "succeeded")

    job.delete()

    run.refresh_from_db()
    assert (run.job, run.job_name) == (None, "members")


def test_what_a_person_asked_for_outlives_the_person(make_job):
    make_job()
    alice = get_user_model().objects.create_superuser("alice")
    run = actions.trigger("job", Actor("alice", "admin", user=alice))

    alice.delete()

    run.refresh_from_db()
    assert run.requested_by == "alice"
    assert Activity.objects.get().actor == "alice"


def test_every_row_says_what_it_is(make_job, make_run, now):
    job = make_job("members")
    run = make_run(job)
    gap = Gap(job=job, kind="missed", count=3, first=now, last=now)
    attempt = RunAttempt(run=run, number=2, outcome="failed")

    assert str(run) == f"members {run.execution_id}"
    assert "3 missed" in str(gap)
    assert "attempt 2 failed" in str(attempt)
