"""How long a job's runs take, how late they start, how many of them fail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings

from cronmgmt import queries
from cronmgmt.models import Status

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def test_percentiles_are_of_the_runs_that_succeeded(make_job, make_run):
    job = make_job()
    for seconds in range(1, 21):
        make_run(job, Status.SUCCEEDED, duration=seconds)
    make_run(job, Status.FAILED, duration=500)

    durations = queries.statistics(job, queries.latest_runs(job)).durations

    assert (durations.p50, durations.p95) == (10, 19)


def test_delays_are_those_of_first_attempts(make_job, make_run, now):
    job = make_job()
    make_run(job, Status.SUCCEEDED, attempt=1, started_at=now + 2 * SECOND)
    make_run(job, Status.SUCCEEDED, attempt=2, started_at=now + 99 * SECOND)
    make_run(job, Status.LOST, attempt=1, losses=3, started_at=now + 99 * SECOND)

    delays = queries.statistics(job, queries.latest_runs(job)).delays

    assert (delays.p50, delays.p95) == (2, 2)


@pytest.mark.parametrize(("aim", "within"), [(0.01, False), (0.25, True)])
def test_the_failure_rate_is_held_against_its_aim(make_job, make_run, aim, within):
    job = make_job()
    for status in (Status.SUCCEEDED, Status.TIMED_OUT, *[Status.SUCCEEDED] * 2):
        make_run(job, status)
    make_run(job, Status.SKIPPED)

    with override_settings(CRONMGMT={"FAILURE_AIM": aim}):
        found = queries.statistics(job, queries.latest_runs(job))

    assert (found.failure_rate, found.is_within_aim) == (0.25, within)


@pytest.mark.parametrize(("aim", "within"), [(0, False), (0.25, True), (None, True)])
def test_a_job_may_have_an_aim_of_its_own(make_job, make_run, aim, within):
    job = make_job(failure_aim=aim)
    for status in (Status.FAILED, *[Status.SUCCEEDED] * 3):
        make_run(job, status)

    with override_settings(CRONMGMT={"FAILURE_AIM": 0.5}):
        found = queries.statistics(job, queries.latest_runs(job))

    assert found.aim == (0.5 if aim is None else aim)
    assert found.is_within_aim == within


@pytest.mark.parametrize("aim", [-0.1, 1.5, float("nan"), "much"])
def test_an_aim_is_a_share(make_job, aim):
    with pytest.raises(ValidationError) as refused:
        make_job(failure_aim=aim)

    assert list(refused.value.message_dict) == ["failure_aim"]


def test_of_a_job_that_never_ran_nothing_is_known(make_job):
    job = make_job()

    found = queries.statistics(job, queries.latest_runs(job))

    assert (found.failure_rate, found.durations, found.delays) == (None, None, None)
    assert found.is_within_aim


def test_only_so_many_runs_are_looked_at(
    make_job, make_run, monkeypatch, django_assert_num_queries
):
    monkeypatch.setitem(queries.latest_runs.__globals__, "RECENT", 3)
    job = make_job()
    runs = [make_run(job, Status.SUCCEEDED) for _ in range(5)]

    with django_assert_num_queries(1):
        found = queries.statistics(job, queries.latest_runs(job)).runs

    assert found == runs[2:]
