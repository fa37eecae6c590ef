"""Schedulers race with each other, with edits and with people: nothing runs twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.engine import actions, scheduling
from cronmgmt.engine.deciding import plan_job
from cronmgmt.engine.scenes import Scene
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import JobRun, ScheduledJob, Status

pytestmark = [pytest.mark.django_db, pytest.mark.part("4.1")]

HOUR = timedelta(hours=1)


def plans(now):
    """What a scheduler has decided and not yet written."""
    jobs = ScheduledJob.objects.filter(next_run_at__lte=now).order_by("pk")
    scene = Scene(now=now, horizon=now, alive_since=now - HOUR)
    return [plan_job(job, scene) for job in jobs]


def write(decided, now):
    scheduling._write(decided, now)


@pytest.fixture
def interfere(monkeypatch):
    """Do something else right after the scheduler looked who is in one job's way."""

    def at_look(job, action):
        def skip_blocked(runs, now):
            decided = original(runs, now)
            if [run.job_id for run in runs] == [job.pk]:
                action()
            return decided

        original = scheduling.skip_blocked
        monkeypatch.setattr(scheduling, "skip_blocked", skip_blocked)

    return at_look


def test_the_second_of_two_schedulers_finds_the_work_done(make_job, clock):
    job = make_job(overlap="allow")
    later = clock.move(HOUR)
    first, second = plans(later), plans(later)

    write(first, later)
    write(second, later)

    assert job.runs.count() == 1


def test_a_scheduler_that_slept_over_several_rounds_changes_nothing(make_job, clock):
    job = make_job(overlap="allow")
    stale = plans(clock.move(HOUR))
    for _ in range(3):
        queue_due(clock.time, alive_since=clock.time)
        clock.move(HOUR)

    write(stale, clock.time)

    job.refresh_from_db()
    assert job.runs.count() == 3
    assert job.next_run_at == clock.time


def test_an_edit_between_look_and_write_wins(make_job, clock):
    job = make_job()
    later = clock.move(HOUR)
    decided = plans(later)

    job.handler = "t:limited"
    job.save()
    write(decided, later)

    assert not JobRun.objects.exists()


def test_a_job_deleted_between_look_and_write_is_gone(make_job, clock):
    job = make_job()
    later = clock.move(HOUR)
    decided = plans(later)

    job.delete()
    write(decided, later)

    assert not JobRun.objects.exists()


def test_a_job_switched_off_between_look_and_write_stays_off(make_job, clock):
    make_job()
    later = clock.move(HOUR)
    decided = plans(later)

    actions.switch_off("job")
    write(decided, later)

    job = ScheduledJob.objects.get()
    assert not job.runs.exists()
    assert (job.enabled, job.next_run_at) == (False, None)


def test_an_occurrence_that_ran_before_a_backup_was_restored_runs_no_more(
    make_job, make_run, clock
):
    job, other = make_job("restored"), make_job("other")
    later = clock.move(HOUR)
    made = make_run(job, Status.SUCCEEDED, scheduled_for=later)

    queue_due(later, alive_since=later)

    job.refresh_from_db()
    assert job.runs.get() == made
    assert job.next_run_at == later + HOUR
    assert other.runs.get().status == Status.QUEUED


def test_a_person_who_is_faster_makes_the_scheduler_skip(make_job, clock):
    job = make_job()
    later = clock.move(HOUR)
    decided = plans(later)

    actions.trigger("job")
    write(decided, later)

    manual, skipped = job.runs.order_by("pk")
    assert (manual.status, skipped.status) == (Status.QUEUED, Status.SKIPPED)
    assert skipped.reason == f"Skipped: run {manual.pk} was still queued."


def test_a_person_who_is_faster_at_the_very_last_moment(
    make_job, make_run, clock, interfere
):
    make_run(make_job("restored"), Status.SUCCEEDED, scheduled_for=clock.time + HOUR)
    job = make_job("triggered")
    later = clock.move(HOUR)
    # The first look is at both jobs at once, the next at one each.
    interfere(job, lambda: actions.trigger("triggered"))

    queue_due(later, alive_since=later)

    manual, skipped = job.runs.order_by("pk")
    assert (manual.status, skipped.status) == (Status.QUEUED, Status.SKIPPED)
    assert skipped.reason == "Skipped: a run of this job was unfinished."
    assert skipped.scheduled_for == later


def test_a_job_that_cannot_be_written_does_not_stop_the_others(
    make_job, make_run, clock, monkeypatch, caplog
):
    make_run(make_job("restored"), Status.SUCCEEDED, scheduled_for=clock.time + HOUR)
    make_job("cursed")
    healthy = make_job("healthy")
    later = clock.move(HOUR)
    original = scheduling._write_each

    def write_each(plan, now):
        if plan.job.name == "cursed":
            raise RuntimeError("a trigger of the database says no")
        return original(plan, now)

    monkeypatch.setattr(scheduling, "_write_each", write_each)
    queue_due(later, alive_since=later)

    assert healthy.runs.exists()
    assert "Could not queue cursed" in caplog.text


def test_a_batch_that_another_scheduler_holds_is_no_progress(
    make_job, clock, monkeypatch
):
    make_job()
    later = clock.move(HOUR)
    monkeypatch.setattr(scheduling, "_still_ours", lambda plans: [])

    assert queue_due(later, alive_since=later) == 0
