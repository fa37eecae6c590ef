"""A job's runs and the times at which it did not run, by time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt import queries
from cronmgmt.models import Gap, Status

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def make_gap(now):
    def make(job, at):
        return Gap.objects.create(
            job=job,
            kind="missed",
            first=at,
            last=at,
            count=1,
            reason="Nobody was there.",
            created_at=now,
        )

    return make


def test_gaps_stand_among_the_runs_where_they_were(make_job, make_run, make_gap, now):
    job = make_job()
    runs = [
        make_run(job, Status.SUCCEEDED, scheduled_for=now + n * HOUR) for n in range(3)
    ]
    middle = make_gap(job, now + 1.5 * HOUR)
    newest, oldest = make_gap(job, now + 9 * HOUR), make_gap(job, now - HOUR)

    rows = queries.occurrences(job).rows

    assert [row.gap or row.run for row in rows] == [
        newest,
        runs[2],
        middle,
        *runs[1::-1],
        oldest,
    ]


def test_each_page_has_the_gaps_of_its_own_time(make_job, make_run, make_gap, now):
    job = make_job()
    for n in range(4):
        make_run(job, Status.SUCCEEDED, scheduled_for=now + n * HOUR)
    gaps = [make_gap(job, now + (n + 0.5) * HOUR) for n in range(4)]
    oldest = make_gap(job, now - HOUR)

    first = queries.occurrences(job, size=2)
    second = queries.occurrences(job, first.older, size=2)

    assert [row.gap for row in first.rows if row.gap] == [gaps[3], gaps[2]]
    assert [row.gap for row in second.rows if row.gap] == [gaps[1], gaps[0], oldest]
    assert second.older is None


def test_a_job_that_never_ran_may_have_gaps(make_job, make_gap, now):
    job = make_job()
    gap = make_gap(job, now)

    assert [row.gap for row in queries.occurrences(job).rows] == [gap]


def test_a_page_before_a_run_that_was_deleted_meanwhile_still_comes(
    make_job, make_run, make_gap, now
):
    job = make_job()
    run = make_run(job, Status.SUCCEEDED)

    assert [row.run for row in queries.occurrences(job, run.pk + 7).rows] == [run]
