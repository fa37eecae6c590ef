"""The latest occurrences of jobs, with what did not run."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection

from cronmgmt import queries
from cronmgmt.models import Gap, JobRun, Status
from cronmgmt.queries import SLOTS
from cronmgmt.queries.latest import LATEST, latest, runs_of
from cronmgmt.queries.strips import Slot, Strip, gaps_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("way")]

HOUR = timedelta(hours=1)

# A small table is read as a whole, whatever indexes it has.
PREPARE = {"postgresql": ["ANALYZE cronmgmt_jobrun", "SET LOCAL enable_seqscan = off"]}


WAYS = ["portable", "indexed"] if connection.vendor == "postgresql" else ["portable"]
"""How the latest runs of jobs are read."""


@pytest.fixture(params=WAYS)
def way(request, settings):
    settings.CRONMGMT = {"PORTABLE_SQL": request.param == "portable"}
    return request.param


@pytest.fixture
def make_gap(now):
    def make(job, last, count=2, kind="missed"):
        return Gap.objects.create(
            job=job,
            kind=kind,
            first=last - count * HOUR,
            last=last,
            count=count,
            reason="why",
            created_at=now,
        )

    return make


def strip_of(job, showing=()):
    return queries.strips(queries.listed([job.pk]), showing)[job.pk]


def kinds(strip):
    return [slot.kind for slot in strip.slots]


def test_runs_and_gaps_are_in_the_order_of_their_times(
    make_job, make_run, make_gap, now
):
    job = make_job()
    make_run(job, Status.SUCCEEDED, scheduled_for=now - 9 * HOUR)
    make_run(job, Status.SKIPPED, scheduled_for=now - 2 * HOUR)
    make_run(job, Status.FAILED, scheduled_for=None, created_at=now)
    make_gap(job, now - 5 * HOUR, count=3)

    strip = strip_of(job)

    assert kinds(strip) == ["succeeded", *["missed"] * 3, "skipped", "failed"]


def test_only_the_latest_are_kept_and_no_more_are_read(
    make_job, make_run, make_gap, now
):
    job = make_job()
    for number in range(SLOTS + 5):
        make_run(job, Status.SUCCEEDED, scheduled_for=now + number * HOUR)
    for number in range(SLOTS + 5):
        make_gap(job, now - number * HOUR)

    (listed,) = queries.listed([job.pk])

    assert len(latest([listed], [])) == SLOTS
    assert listed.first_gap == now - (SLOTS - 1) * HOUR
    assert kinds(strip_of(job)) == ["succeeded"] * SLOTS


def test_gaps_before_a_full_strip_of_runs_are_not_read(
    make_job, make_run, make_gap, now
):
    job = make_job()
    for number in range(SLOTS):
        make_run(job, Status.SUCCEEDED, scheduled_for=now + number * HOUR)
    for number in range(1, 10):
        make_gap(job, now - number * HOUR)
    between = make_gap(job, now + 10 * HOUR, count=1)
    full = Strip([Slot("succeeded", now + number * HOUR) for number in range(SLOTS)])

    assert list(gaps_of(queries.listed([job.pk]), {job.pk: full})) == [between]
    assert kinds(strip_of(job)).index("missed") == 10
    assert len(strip_of(job).slots) == SLOTS


def test_a_long_gap_does_not_make_a_long_strip(make_job, make_gap, now):
    job = make_job()
    make_gap(job, now, count=1_000_000)

    assert kinds(strip_of(job)) == ["missed"] * SLOTS


def test_the_usual_duration_is_the_middle_one_of_the_successes(make_job, make_run):
    job = make_job()
    for seconds in (1.0, 2.0, 90.0):
        make_run(job, Status.SUCCEEDED, duration=seconds)
    make_run(job, Status.FAILED, duration=0.1)

    assert strip_of(job).usual == 2.0
    assert strip_of(make_job("other")).usual is None


def test_the_run_under_way_is_told_of_more_closely(make_job, make_run, now):
    job = make_job()
    run = make_run(job, Status.RUNNING, progress_done=3, progress_total=9)

    current = strip_of(job, [run.pk]).current

    assert (current.execution_id, current.started_at) == (run.execution_id, now)
    assert (current.done, current.total) == (3, 9)


def test_one_that_waits_behind_many_is_found_too(make_job, make_run):
    job = make_job(overlap="wait")
    first = make_run(job, Status.RUNNING)
    for _ in range(SLOTS + 1):
        make_run(job)

    assert strip_of(job, [first.pk]).current.id == first.pk


def test_many_jobs_take_three_statements(make_job, make_run, django_assert_num_queries):
    jobs = [make_job(f"job-{number}") for number in range(50)]
    for job in jobs:
        make_run(job, Status.SUCCEEDED)

    with django_assert_num_queries(3):
        found = queries.strips(queries.listed([job.pk for job in jobs]))

    assert {len(strip.slots) for strip in found.values()} == {1}
    assert JobRun.objects.count() == 50


def plan_of(way, jobs, showing):
    if way == "portable":
        return runs_of(jobs, showing).explain()
    given = {"jobs": [job.pk for job in jobs], "showing": showing, "slots": SLOTS}
    with connection.cursor() as cursor:
        # So few may as well be sorted.
        cursor.execute("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {LATEST}", given)
        return "\n".join(row for (row,) in cursor.fetchall())


def test_no_history_is_read_beyond_them(make_job, make_run, now, way):
    jobs = [make_job(f"job-{number}") for number in range(5)]
    ran = {"origin": "schedule", "status": "succeeded", "finished_at": now}
    JobRun.objects.bulk_create(
        JobRun(job=job, available_at=now, created_at=now, **ran)
        for job in jobs
        for _ in range(100)
    )
    with connection.cursor() as cursor:
        for statement in PREPARE.get(connection.vendor, ()):
            cursor.execute(statement)

    plan = plan_of(way, queries.listed([job.pk for job in jobs[1:3]]), [1])

    # The one for strips is as good as the other until the table has been vacuumed.
    assert re.search("cronmgmt_run_(history|strip)", plan)
    assert not re.search(r"Seq Scan|SCAN cronmgmt_jobrun|(?<!<> )\bALL\b", plan), plan
