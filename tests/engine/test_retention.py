"""What is old enough goes, in batches; what is unfinished or among the last stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.clock import sql_now
from cronmgmt.engine import retention
from cronmgmt.engine.retention import prune
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import (
    UNFINISHED,
    Gap,
    JobRun,
    Node,
    RunAttempt,
    RunLog,
    ScheduledJob,
    Status,
)

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _a_month(settings):
    settings.CRONMGMT = {"RETENTION": 30 * DAY, "KEEP_LAST": 0}


@pytest.fixture
def make_old(make_run, now):
    """A finished run, so many days old."""

    def make(job=None, days=31, status=Status.SUCCEEDED, **changes):
        return make_run(job, status, finished_at=now - days * DAY, **changes)

    return make


def test_runs_beyond_the_retention_are_deleted(make_job, make_old):
    job = make_job()
    make_old(job, days=31)
    kept = make_old(job, days=29)

    assert prune() == 1
    assert JobRun.objects.get() == kept


def test_a_job_may_keep_its_runs_longer_or_shorter(make_job, make_old):
    make_old(make_job("shorter", retention=DAY), days=2)
    kept = make_old(make_job("longer", retention=365 * DAY), days=300)

    assert prune() == 1
    assert JobRun.objects.get() == kept


def test_the_latest_of_each_job_are_kept_however_old(settings, make_job, make_old):
    settings.CRONMGMT = {"RETENTION": 30 * DAY, "KEEP_LAST": 2}
    job, other = make_job("job"), make_job("other")
    for each in (job, job, job, other, other):
        make_old(each, days=1000)

    assert prune() == 1
    assert (job.runs.count(), other.runs.count()) == (2, 2)


@pytest.mark.parametrize("status", UNFINISHED)
def test_an_unfinished_run_is_never_deleted(make_job, make_run, clock, status):
    make_run(make_job(), status)
    clock.move(1000 * DAY)

    assert prune() == 0


def test_the_runs_of_a_deleted_job_go_by_the_sites_retention(make_job, make_old):
    job = make_job(retention=365 * DAY)
    make_old(job, days=31)
    kept = make_old(job, days=29)
    job.delete()

    assert prune() == 1
    assert JobRun.objects.get() == kept


def test_logs_and_attempts_go_with_their_run(make_job, make_old):
    old, recent = make_old(make_job(), days=31), make_old(days=1)
    for run in (old, recent):
        RunLog.objects.create(run=run, attempt=1, at=sql_now(), text="x")
        RunAttempt.objects.create(run=run, number=1, finished_at=sql_now())

    prune()

    assert RunLog.objects.get().run == recent
    assert RunAttempt.objects.get().run == recent


def test_it_goes_in_batches(make_job, make_old, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    deleted = []
    original = retention._delete
    monkeypatch.setattr(
        retention, "_delete", lambda keys: (deleted.append(len(keys)), original(keys))
    )
    job = make_job()
    for _ in range(5):
        make_old(job)

    assert prune() == 5
    assert deleted == [2, 2, 1]


def test_at_most_the_limit_is_deleted(make_job, make_old):
    for name in ("a", "b"):
        job = make_job(name)
        for _ in range(3):
            make_old(job)
    make_old()

    assert [prune(limit=4), prune(limit=2), prune(limit=2), prune()] == [4, 2, 1, 0]


@pytest.mark.part("4.1")
def test_what_was_pruned_is_never_made_again(make_job, make_old, clock, now):
    job = make_job()
    occurrence = now - 31 * DAY
    make_old(job, scheduled_for=occurrence)

    prune()
    # An old backup brings the job back as it was.
    ScheduledJob.objects.update(next_run_at=occurrence)
    queue_due(clock.time, alive_since=occurrence)

    job.refresh_from_db()
    assert job.forgotten_before == occurrence + SECOND
    assert not job.runs.exists()
    assert job.next_run_at == now + HOUR


def test_what_is_forgotten_only_grows(make_job, make_old, now):
    job = make_job(forgotten_before=now - DAY)
    make_old(job, scheduled_for=now - 31 * DAY)

    prune()

    job.refresh_from_db()
    assert job.forgotten_before == now - DAY


def test_runs_that_nobody_scheduled_leave_no_mark(make_job, make_old):
    job = make_job()
    make_old(job)

    prune()

    job.refresh_from_db()
    assert job.forgotten_before is None


def test_old_gaps_and_silent_nodes_go_too(make_job, now):
    job = make_job()
    for days in (31, 29):
        moment = now - days * DAY
        Gap.objects.create(
            job=job, kind="off", first=moment, last=moment, count=2, created_at=moment
        )
    for days in (8, 6):
        moment = now - days * DAY
        Node.objects.create(
            name=f"node {days}", pid=1, started_at=moment, seen_at=moment
        )

    assert prune() == 0

    assert Gap.objects.get().last == now - 29 * DAY
    assert Node.objects.get().name == "node 6"
