"""What is old enough goes, in batches; what is unfinished or among the last stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.clock import sql_now
from cronmgmt.engine import retention
from cronmgmt.engine.deleting import PIECES, Batches
from cronmgmt.engine.retention import Pruning
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import (
    FAILURES,
    UNFINISHED,
    Activity,
    Gap,
    JobRun,
    LockSlot,
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
    settings.CRONMGMT = {
        "RETENTION": 30 * DAY,
        "FAILURE_RETENTION": 90 * DAY,
        "KEEP_LAST": 0,
    }


def prune():
    """Prune to the end and return how many runs were deleted."""
    return retention.prune().runs.total()


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


# Failures, and numbers.


@pytest.mark.parametrize("status", FAILURES)
def test_failures_are_kept_longer(make_job, make_old, status):
    job = make_job()
    make_old(job, days=91, status=status)
    kept = make_old(job, days=89, status=status)
    make_old(job, days=31)

    assert prune() == 2
    assert JobRun.objects.get() == kept


def test_failures_are_never_kept_shorter_than_the_rest(make_job, make_old):
    make_old(make_job(retention=365 * DAY), days=300, status=Status.FAILED)

    assert prune() == 0


def test_a_job_may_keep_its_failures_longer_or_shorter(make_job, make_old):
    make_old(make_job("shorter", failure_retention=DAY), days=2, status=Status.LOST)
    longer = make_job("longer", failure_retention=365 * DAY)
    kept = make_old(longer, days=300, status=Status.LOST)

    assert prune() == 1
    assert JobRun.objects.get() == kept


def test_a_job_may_keep_more_of_its_latest(make_job, make_old):
    job = make_job(keep_last=2)
    for _ in range(3):
        make_old(job, days=1000)

    assert prune() == 1


def test_of_too_many_the_latest_stay_and_as_many_failures(make_job, make_old):
    job = make_job(keep_most=3)
    failed = [make_old(job, days=1, status=Status.FAILED) for _ in range(4)]
    make_old(job, days=1)
    kept = [make_old(job, days=1) for _ in range(3)]

    assert prune() == 2
    assert set(JobRun.objects.all()) == {*failed[1:], *kept}


def test_the_site_says_how_many_are_too_many(settings, make_job, make_old):
    settings.CRONMGMT["KEEP_MOST"] = 3
    for name in ("a", "b"):
        job = make_job(name)
        for _ in range(5):
            make_old(job, days=1)

    assert prune() == 4
    settings.CRONMGMT["KEEP_MOST"] = 0
    assert prune() == 0


def test_an_unfinished_run_is_never_one_too_many(make_job, make_run, make_old):
    job = make_job(keep_most=1)
    waiting = make_run(job)
    make_old(job, days=1)
    kept = make_old(job, days=1)

    assert prune() == 1
    assert set(JobRun.objects.all()) == {waiting, kept}


def test_what_is_old_is_found_behind_what_is_kept(make_job, make_old, monkeypatch):
    monkeypatch.setattr(retention, "PAGE", 3)
    job = make_job()
    for _ in range(4):
        make_old(job, days=80, status=Status.FAILED)
    for _ in range(4):
        make_old(job, days=31)

    assert prune() == 4


def test_what_is_young_is_not_read(
    make_job, make_old, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(retention, "PAGE", 2)
    job = make_job()
    make_old(job)
    for _ in range(20):
        make_old(job, days=1)
    prune()

    with django_assert_max_num_queries(14):
        prune()


# Work without a job.


def test_work_that_code_enqueued_is_kept_for_a_week(make_old):
    make_old(days=8, origin="enqueue")
    kept = [
        make_old(days=6, origin="enqueue"),
        make_old(days=80, origin="enqueue", status=Status.FAILED),
        make_old(days=29),
    ]

    assert prune() == 1
    assert set(JobRun.objects.all()) == set(kept)


def test_work_between_much_other_work_is_found(make_job, make_old, monkeypatch):
    monkeypatch.setattr(retention, "PAGE", 2)
    monkeypatch.setattr(retention, "WIDEST", 4)
    job = make_job()
    for number in range(60):
        make_old(job if number % 20 > 3 else None)

    assert prune() == 60


def test_all_that_refers_to_a_run_is_thought_of_when_it_is_deleted():
    related = {relation.related_model for relation in JobRun._meta.related_objects}

    assert related == {*PIECES, LockSlot}


# In whose way it is.


def test_it_goes_in_batches_the_first_of_which_is_small():
    taken = []

    done = list(Batches().of(range(250), taken.append))

    assert [len(batch) for batch in taken] == done
    assert (done[0], sum(done)) == (100, 250)


@pytest.mark.parametrize(
    ("size", "number", "took", "then"),
    [
        (100, 100, 0.001, 200),
        (100, 100, 0.1, 50),
        (100, 100, 60, 20),
        (1000, 1000, 0.001, 1000),
        (100, 100, 0, 200),
    ],
)
def test_a_batch_follows_from_how_long_the_last_one_took(size, number, took, then):
    batches = Batches()
    batches.size = size

    batches._adapt(number, took)

    assert batches.size == then


def test_others_get_their_turn_after_a_moment(make_job, make_old, monkeypatch):
    monkeypatch.setattr(retention, "MOMENT", 0)
    for name in "abc":
        make_old(make_job(name))
    pruning = Pruning()
    left = []

    while pruning.go_on():
        left.append(JobRun.objects.count())

    assert {2, 1, 0} <= set(left)


def test_a_dry_run_deletes_nothing_and_counts_all(make_job, make_old, now):
    job = make_job()
    make_old(job)
    make_old(job, days=91, status=Status.FAILED)
    make_old()
    old = now - 400 * DAY
    Activity.objects.create(at=old - 1000 * DAY, allowed=True)
    Gap.objects.create(job=job, first=old, last=old, count=2, created_at=old)

    pruning = retention.prune(dry_run=True)

    assert pruning.runs == {"job": 2, "": 1}
    assert pruning.failures.total() == 1
    assert pruning.rest == {"gaps": 1, "nodes": 0, "activity": 1, "answers": 0}
    assert JobRun.objects.count() == 3


# What is not made again.


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
    for days in (91, 89):
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

    assert Gap.objects.get().last == now - 89 * DAY
    assert Node.objects.get().name == "node 6"


def test_who_did_what_is_on_record_for_three_years(now):
    for days in (3 * 365 + 1, 3 * 365 - 1):
        Activity.objects.create(at=now - days * DAY, allowed=True)

    prune()

    assert Activity.objects.get().at > now - 3 * 365 * DAY
