"""What a job missed in a stretch of the past is run, once, at a pace that is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cronmgmt.engine import actions
from cronmgmt.engine.actions import CODE, Pace
from cronmgmt.engine.claiming import claim, start
from cronmgmt.engine.finishing import finish
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.engine.outcomes import Outcome
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.errors import InvalidParameters, Refused, UnknownJob
from cronmgmt.models import Activity, JobRun, Origin, Priority, Status

pytestmark = pytest.mark.django_db

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)  # It is twelve.
HOUR = timedelta(hours=1)


@pytest.fixture
def job(make_job):
    return make_job(handler="t:greet")


def hours(instants):
    return [instant.hour for instant in instants]


def test_each_occurrence_of_the_stretch_is_queued_with_its_own_time(job):
    made = actions.backfill("job", NINE, NINE + 2 * HOUR, reason="it was down")

    runs = JobRun.objects.order_by("pk")
    assert hours(run.intended_for for run in runs) == [9, 10, 11] == hours(made.due)
    assert {run.origin for run in runs} == {Origin.BACKFILL}
    assert {run.scheduled_for for run in runs} == {None}
    assert {run.priority for run in runs} == {Priority.LOW}
    record = Activity.objects.get(action="backfill")
    assert record.job_name == "job"
    assert "it was down" in record.reason and "2026-06-01T09:00" in record.reason


def test_a_preview_writes_nothing(job):
    plan = actions.preview_backfill("job", NINE, NINE + 9 * HOUR)

    assert hours(plan.due) == [9, 10, 11, 12]  # The future is the scheduler's.
    assert not JobRun.objects.exists() and not Activity.objects.exists()


def test_what_succeeded_is_left_out_whoever_ran_it(job, make_run):
    make_run(job, Status.SUCCEEDED, scheduled_for=NINE)
    make_run(job, Status.SUCCEEDED, intended_for=NINE + HOUR, origin="rerun")
    make_run(job, Status.FAILED, scheduled_for=NINE + 2 * HOUR)

    plan = actions.preview_backfill("job", NINE, NINE + 2 * HOUR)
    again = actions.preview_backfill("job", NINE, NINE + 2 * HOUR, again=True)

    assert (hours(plan.due), plan.succeeded) == ([11], 2)
    assert hours(again.due) == [9, 10, 11]


def test_another_jobs_success_is_no_reason_to_leave_one_out(job, make_job, make_run):
    make_run(make_job("other"), Status.SUCCEEDED, scheduled_for=NINE)

    assert hours(actions.preview_backfill("job", NINE, NINE).due) == [9]


def test_it_is_safe_to_repeat(job):
    actions.backfill("job", NINE, NINE + HOUR)

    second = actions.backfill("job", NINE, NINE + 2 * HOUR)

    assert (hours(second.due), second.unfinished) == ([11], 2)
    assert JobRun.objects.count() == 3


def test_so_many_begin_per_minute(job, now):
    actions.backfill("job", NINE, NINE + 2 * HOUR, pace=Pace(per_minute=4))

    begun = JobRun.objects.order_by("pk").values_list("available_at", flat=True)
    assert [(each - now).seconds for each in begun] == [0, 15, 30]


@pytest.mark.parametrize("at_a_time", [1, 2])
def test_only_so_many_run_at_a_time(make_job, at_a_time):
    make_job(handler="t:greet", overlap="allow")
    actions.backfill("job", NINE, NINE + 2 * HOUR, pace=Pace(at_a_time))

    started = [run for _ in range(3) for run in claim("default").runs if start(run)]

    assert len(started) == at_a_time
    finish(started[0], Outcome(Status.SUCCEEDED))
    assert work_a_slice("default").done == 3 - at_a_time


def test_the_jobs_own_lock_holds_for_the_past_too(make_job, make_run):
    job = make_job(handler="t:greet", overlap="wait")
    actions.trigger("job")
    actions.backfill("job", NINE, NINE, pace=Pace(5))

    digests = set(JobRun.objects.values_list("lock_digest", "concurrency"))

    assert len(digests) == 1
    assert job.runs.count() == 2


def test_a_job_that_skips_never_runs_twice_at_once(job):
    actions.backfill("job", NINE, NINE + HOUR)
    mine = actions.trigger("job")
    (run,) = claim("default").runs
    assert run == mine and start(run)

    while found := claim("default").runs:
        assert not start(found[0])

    parked = JobRun.objects.filter(status=Status.WAITING)
    assert parked.count() == 2
    assert f"Waits until run {mine.pk} of job has ended" in parked[0].reason
    assert set(parked.values_list("active_key", flat=True)) == {None}


def test_a_backfilled_run_is_in_the_way_of_others_while_it_runs(job):
    actions.backfill("job", NINE, NINE)
    (run,) = claim("default").runs
    assert start(run)

    with pytest.raises(Refused, match="do not overlap"):
        actions.trigger("job")

    finish(run, Outcome(Status.SUCCEEDED))
    assert actions.trigger("job").pk


def test_all_of_it_is_worked_off(job):
    actions.backfill("job", NINE, NINE + 2 * HOUR, params={"name": "Anna"})

    work_a_slice("default")

    results = set(JobRun.objects.values_list("status", "result"))
    assert results == {("succeeded", "hello Anna")}
    assert actions.preview_backfill("job", NINE, NINE + 2 * HOUR).succeeded == 3


def test_workers_are_rung_for_what_may_begin(
    job, bell, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        actions.backfill("job", NINE, NINE + 2 * HOUR, pace=Pace(per_minute=1))

    assert bell.rings == [("default", 1)]


@pytest.mark.parametrize(
    ("changes", "first", "last", "complaint"),
    [
        ({}, NINE + HOUR, NINE, "its beginning before its end"),
        ({}, NINE + 9 * HOUR, NINE + 99 * HOUR, "its beginning before its end"),
        ({}, NINE - 20_000 * HOUR, NINE, "20001 occurrences in that time; at most"),
        (
            {"schedule_kind": "manual", "schedule_expression": ""},
            NINE,
            NINE,
            "has no schedule",
        ),
        ({"retired_at": NINE}, NINE, NINE, "is retired"),
    ],
)
def test_what_cannot_be_backfilled_says_why(make_job, changes, first, last, complaint):
    make_job(**changes)

    with pytest.raises(Refused, match=complaint):
        actions.backfill("job", first, last)

    assert not JobRun.objects.exists()
    assert not Activity.objects.get().allowed


@pytest.mark.parametrize(
    "pace", [{"at_a_time": 0}, {"per_minute": 0}, {"at_a_time": 101}]
)
def test_a_pace_that_leads_nowhere_is_refused(pace):
    with pytest.raises(Refused, match="A backfill"):
        Pace(**pace)


def test_wrong_parameters_and_unknown_jobs_make_no_run(job):
    with pytest.raises(InvalidParameters):
        actions.backfill("job", NINE, NINE, params={"nmae": "x"})
    with pytest.raises(UnknownJob):
        actions.backfill("jbo", NINE, NINE, CODE)

    assert not JobRun.objects.exists()


def test_a_job_that_is_off_has_its_past_run_all_the_same(job):
    actions.switch_off("job")
    actions.backfill("job", NINE, NINE + HOUR)

    work_a_slice("default")

    assert set(JobRun.objects.values_list("status", flat=True)) == {"succeeded"}


def test_what_the_scheduler_may_yet_run_is_left_to_it(make_job, now):
    job = make_job(handler="t:greet", next_run_at=now - HOUR)
    made = actions.backfill("job", NINE, now)

    queue_due(now, alive_since=now - 3 * HOUR)

    assert (hours(made.due), made.undecided) == ([9, 10], 2)
    hour = [run.intended_for.hour for run in job.runs.order_by("intended_for")]
    assert hour == [9, 10, 11, 12]


def test_what_it_left_out_after_an_outage_is_filled_in(make_job, now):
    make_job(handler="t:greet", overlap="allow", next_run_at=NINE)
    early = actions.backfill("job", NINE, now)
    queue_due(now, alive_since=now)

    later = actions.backfill("job", NINE, now)

    assert (early.due, early.undecided) == ([], 4)
    assert (hours(later.due), later.unfinished) == ([9, 10], 2)
