"""Searches for what failed or says something read an index of that, where there is one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from cronmgmt import queries
from cronmgmt.models import FAILURES, JobRun, Status
from cronmgmt.queries import RunFilter
from cronmgmt.queries.reach import TOLD
from tests.engine.plans import ALL, explain

pytestmark = pytest.mark.django_db

MANY = 1_600
DAY = timedelta(days=1)
HAS_PARTIAL = connection.features.supports_partial_indexes


@pytest.fixture
def history(make_job, now):
    """Twenty jobs, of whose runs one in four failed."""
    jobs = [make_job("mine"), *(make_job(f"job-{number}") for number in range(19))]
    JobRun.objects.bulk_create(
        JobRun(
            job=jobs[number % 20],
            job_name=jobs[number % 20].name,
            handler="t:nothing",
            origin="schedule",
            status=Status.SUCCEEDED if number % 80 >= 20 else Status.FAILED,
            reason="" if number % 80 >= 20 else "OSError: refused",
            available_at=now,
            created_at=now,
            finished_at=now - (MANY - number) * DAY / 100,
        )
        for number in range(MANY)
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE cronmgmt_jobrun")


def read_by(**asked):
    explained = explain(lambda: queries.find_runs(RunFilter(**asked)))
    return {
        name
        for each in explained
        if "cronmgmt_jobrun" in each.sql
        for name in each.reads
    }


TOLD_ONES = {f"cronmgmt_run_told{of}" for of in ("", "_job", "_end")}
"""Each holds these only; which is the best of a table so small is for the planner."""
OF_ALL = [
    {"states": FAILURES},
    {"states": ("lost",)},
    {"text": "nowhere", "reads_errors": True},
]
OF_A_JOB = [{"job": "mine", "states": FAILURES}, {"job": "mine", "text": "nowhere"}]


@pytest.mark.skipif(not HAS_PARTIAL, reason="indexes hold every row")
@pytest.mark.parametrize("asked", OF_ALL + OF_A_JOB)
def test_they_find_their_rows_by_it(history, asked):
    reads = read_by(**asked)

    assert reads & TOLD_ONES
    assert reads <= {*TOLD_ONES, "a sort"}


@pytest.mark.skipif(not HAS_PARTIAL, reason="indexes hold every row")
def test_what_failed_lately_is_found_by_when_it_ended(history, now):
    reads = read_by(states=FAILURES, ended_since=now - DAY)

    assert "cronmgmt_run_told_end" in reads
    assert ALL not in reads


@pytest.mark.skipif(HAS_PARTIAL, reason="MariaDB and MySQL")
@pytest.mark.parametrize("asked", OF_A_JOB)
def test_without_one_a_bounded_part_of_another_is_read(history, asked):
    reads = read_by(**asked)

    assert "cronmgmt_run_history" in reads
    assert reads <= {"cronmgmt_run_history", "cronmgmt_run_queue", "a sort"}


def test_a_run_that_simply_succeeds_is_in_none_of_them(make_run):
    make_run(status=Status.SUCCEEDED)
    make_run(status=Status.QUEUED)
    make_run(status=Status.RUNNING)

    assert not JobRun.objects.filter(TOLD).exists()
