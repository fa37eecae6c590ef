"""A run holds all that its execution needs: the job may change or go."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.engine.making import make_occurrence, make_run
from cronmgmt.errors import InvalidParameters
from cronmgmt.models import ScheduledJob

pytestmark = pytest.mark.django_db

COPIED = {
    "handler": "t:limited",
    "params": {"limit": 3},
    "queue": "slow",
    "priority": 10,
    "timeout": timedelta(minutes=5),
    "max_attempts": 4,
    "backoff": timedelta(seconds=20),
    "on_lost": "fail",
}


def test_it_copies_what_its_execution_needs(make_job, now):
    job = make_job(**COPIED)

    run = make_run(job, "manual", now)
    run.save()

    run.refresh_from_db()
    assert {column: getattr(run, column) for column in COPIED} == COPIED
    assert run.job_name == job.name


def test_a_later_edit_of_the_job_does_not_change_it(make_job, now):
    job = make_job(**COPIED)
    run = make_run(job, "manual", now)

    job.params["limit"] = 5

    assert run.params == {"limit": 3}


def test_the_sites_time_out_applies_where_the_job_has_none(make_job, now, settings):
    settings.CRONMGMT = {"TIMEOUT": timedelta(hours=1)}

    assert make_run(make_job(), "manual", now).timeout == timedelta(hours=1)


def test_jobs_that_must_not_overlap_share_a_key_among_their_runs(make_job, now):
    job, other = make_job("job"), make_job("other")

    keys = {make_run(each, "manual", now).active_key for each in (job, job, other)}

    assert len(keys) == 2
    assert None not in keys


def test_jobs_that_may_overlap_have_no_key(make_job, now):
    job = make_job(overlap="allow")

    assert make_run(job, "manual", now).active_key is None


@pytest.mark.part("4.1")
def test_every_scheduler_comes_to_the_same_delay(make_job, now):
    job = make_job(jitter=timedelta(minutes=5))

    one = make_occurrence(job, "schedule", now, now)
    another = make_occurrence(ScheduledJob.objects.get(), "schedule", now, now)

    assert one.available_at == another.available_at > now


def test_parameters_edited_into_something_else_make_no_run(make_job, now):
    job = make_job()
    job.params = ["not", "an", "object"]

    with pytest.raises(InvalidParameters, match="job must be a JSON object"):
        make_run(job, "manual", now)
