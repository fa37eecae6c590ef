"""A batch of runs is written the same by both ways, with all that a run has."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from cronmgmt.engine.inserting import OWN, insert_runs
from cronmgmt.engine.making import COPIED, make_occurrence
from cronmgmt.models import JobRun, Origin, ScheduledJob, Status

pytestmark = pytest.mark.django_db

EVERYTHING = {
    "params": {"text": "it's", "number": [1, None, {"deep": "ü"}]},
    "queue": "slow",
    "priority": 7,
    "timeout": timedelta(seconds=90),
    "max_attempts": 4,
    "backoff": timedelta(seconds=3),
    "backoff_ceiling": timedelta(seconds=30),
    "retry_on": ["OSError"],
    "memory_limit": 512,
    "on_lost": "fail",
    "mail_to": ["a@example.org"],
    "lock_key": "warehouse",
    "concurrency": 3,
    "overlap": "allow",
    "start_deadline": timedelta(minutes=5),
    "jitter": timedelta(seconds=20),
    "handler": "t:anything",
}


@pytest.fixture
def full_job(make_job):
    """Return a job in which everything that a run takes over is set."""
    return make_job("full", **EVERYTHING)


def columns(run):
    own = {"id", "execution_id", "scheduled_for", "intended_for", "available_at"}
    fields = [field.attname for field in JobRun._meta.concrete_fields]
    return {name: getattr(run, name) for name in fields if name not in own}


@pytest.mark.parametrize("name", ["full", "plain"])
def test_both_ways_write_the_same(name, make_job, now, settings):
    make_job("full", **EVERYTHING)
    make_job("plain", overlap="allow")
    job = ScheduledJob.objects.get(name=name)

    for hour, portable in enumerate([True, False], start=1):
        settings.CRONMGMT = {"PORTABLE_SQL": portable}
        when = now + timedelta(hours=hour)
        run = make_occurrence(job, Origin.SCHEDULE, now, when)
        run.start_by = job.start_deadline and now
        insert_runs([run])

    portably, natively = JobRun.objects.order_by("scheduled_for")
    assert columns(natively) == columns(portably)
    assert natively.scheduled_for - portably.scheduled_for == timedelta(hours=1)


def test_what_a_run_has_is_its_own_its_job_s_or_what_every_run_has(full_job, now):
    run = make_occurrence(full_job, Origin.SCHEDULE, now, now)
    made_by_the_database = {"id", "status"}

    for field in JobRun._meta.concrete_fields:
        if field.column in OWN or field.name in {*COPIED, *made_by_the_database}:
            continue
        assert getattr(run, field.attname) == field.get_default(), field.name


@pytest.mark.usefixtures("every_path")
def test_runs_are_written_in_their_order_also_those_that_will_not_run(full_job, now):
    hours = [now + timedelta(hours=number) for number in range(40)]
    runs = [make_occurrence(full_job, Origin.SCHEDULE, now, hour) for hour in hours]
    missed = runs[3]
    missed.status, missed.reason, missed.finished_at = Status.MISSED, "Missed.", now

    insert_runs(runs)

    queued = JobRun.objects.filter(status=Status.QUEUED).order_by("id")
    assert list(queued.values_list("scheduled_for", flat=True)) == [
        hour for hour in hours if hour != hours[3]
    ]
    found = JobRun.objects.get(status=Status.MISSED)
    assert (found.scheduled_for, found.reason) == (hours[3], "Missed.")


@pytest.mark.usefixtures("every_path")
def test_an_occurrence_that_is_there_is_refused(full_job, now):
    insert_runs([make_occurrence(full_job, Origin.SCHEDULE, now, now)])

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_runs([make_occurrence(full_job, Origin.SCHEDULE, now, now)])

    assert JobRun.objects.count() == 1


def test_nothing_to_write_is_no_statement(django_assert_num_queries, full_job):
    with django_assert_num_queries(0):
        insert_runs([])
