"""The statements that the engine lives on find their rows by an index."""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from cronmgmt.engine import beats, looking, repairing, retention, scheduling
from cronmgmt.engine.claiming import claim, start
from cronmgmt.engine.context import Run
from cronmgmt.engine.finishing import finish
from cronmgmt.engine.outcomes import succeeded
from cronmgmt.engine.output import Output
from cronmgmt.engine.recovery import recover_expired
from cronmgmt.engine.supervision import Watch
from cronmgmt.models import HELD, JobRun, LockSlot, ScheduledJob, Status
from tests.engine.plans import ALL, END, PRIMARY_KEY, explain

pytestmark = pytest.mark.django_db

MANY = 400


SOME = 30
KEY = "k" * 64


@pytest.fixture
def history(make_run, now):
    """A table in which one run is one of many, whatever it is looked for by."""
    held = [Status.QUEUED, Status.CLAIMED, Status.RUNNING] * SOME
    JobRun.objects.bulk_create(
        JobRun(
            job_name="other",
            handler="t:nothing",
            origin="schedule",
            status=status,
            available_at=now,
            created_at=now,
            lease_expires_at=now + timedelta(days=1) if status in HELD else None,
        )
        for status in [*held, *[Status.SUCCEEDED] * MANY]
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE cronmgmt_jobrun")


def read_by(explained):
    """Return what was read, and how often; each statement has to use an index."""
    for each in explained:
        assert each.reads, each.sql
        assert ALL not in each.reads, each
    return Counter(name for each in explained for name in each.reads)


def test_a_claim_reads_the_queue_in_order_and_takes_by_key(history):
    explained = explain(lambda: claim("default"))

    assert read_by(explained)["cronmgmt_run_queue"] == 1
    assert [PRIMARY_KEY in each.reads for each in explained] == [False, True]
    assert "a sort" not in explained[0].reads


def test_a_start_finds_its_run_by_key(history, make_run):
    run = make_run(status=Status.CLAIMED)

    explained = explain(lambda: start(run))

    assert read_by(explained) == {PRIMARY_KEY: 1}


@pytest.mark.usefixtures("every_path")
def test_a_finish_finds_run_job_and_next_run_by_key(history, make_job, make_run):
    run = make_run(make_job(), status=Status.RUNNING)
    following = make_run(status=Status.CLAIMED, claim_token="mine")

    explained = explain(lambda: finish(run, succeeded(None), following))

    assert set(read_by(explained)) == {PRIMARY_KEY}
    assert JobRun.objects.get(pk=following.pk).status == Status.RUNNING


def test_a_beat_extends_the_lease_by_key(history, make_run):
    run = make_run(status=Status.RUNNING)
    watch = Watch(run, Run(run, Output(None)), Output(None), None)
    watch.leased_until = time.monotonic()

    explained = explain(lambda: beats.beat(watch))

    assert set(read_by(explained)) == {PRIMARY_KEY}
    assert any(each.sql.startswith("UPDATE") for each in explained)


@pytest.fixture
def under_a_lock(make_run):
    """Make a run that needs the lock, or is parked behind it."""

    def make(status, **changes):
        return make_run(status=status, lock_digest=KEY, **changes)

    return make


def test_a_run_parks_itself_and_those_like_it_by_key(history, under_a_lock):
    holder = under_a_lock(Status.RUNNING)
    LockSlot.objects.create(key=KEY, slot=0, run=holder)
    like_it = under_a_lock(Status.QUEUED, priority=0)
    run = under_a_lock(Status.CLAIMED)

    explained = explain(lambda: start(run))

    # MariaDB knows without a look that no row has that claim any more.
    reads = set().union(*(each.reads for each in explained))
    assert reads == {PRIMARY_KEY, "cronmgmt_run_queue"}
    like_it.refresh_from_db()
    assert like_it.status == Status.WAITING


def test_the_next_of_many_parked_is_found_by_an_index(history, under_a_lock):
    run = under_a_lock(Status.RUNNING)
    LockSlot.objects.create(key=KEY, slot=0, run=run)
    parked = [under_a_lock(Status.WAITING, waits_for=KEY) for _ in range(SOME)]

    explained = explain(lambda: finish(run, succeeded(None)))

    assert read_by(explained)["cronmgmt_run_parked"] == 1
    assert not any("a sort" in each.reads for each in explained)
    parked[0].refresh_from_db()
    assert parked[0].status == Status.QUEUED


@pytest.fixture
def later_jobs(make_job, now):
    """Jobs among which few are due."""
    first = make_job("later-0")
    ScheduledJob.objects.bulk_create(
        ScheduledJob(
            name=f"later-{number}",
            handler=first.handler,
            next_run_at=now + timedelta(days=1),
        )
        for number in range(1, MANY)
    )


def by_next_run(reads):
    return any(name.startswith("cronmgmt_scheduledjob_next_run_at") for name in reads)


def test_the_next_due_job_is_found_by_an_index(later_jobs, make_job):
    make_job()

    (look,) = explain(lambda: looking.look(at_leases=True))

    assert by_next_run(look.reads) or END in look.reads
    assert "cronmgmt_run_lease" in look.reads
    assert not look.reads & {ALL, "a sort"}


def test_what_is_due_is_found_by_an_index_and_moved_on_by_key(
    later_jobs, make_job, now
):
    make_job(next_run_at=now)

    explained = explain(lambda: scheduling.queue_due(now, now - timedelta(hours=1)))

    assert read_by(explained)[PRIMARY_KEY] >= 2
    assert by_next_run(explained[0].reads)
    assert not ScheduledJob.objects.filter(next_run_at=now).exists()


def test_the_expired_are_found_by_an_index_and_recovered_by_key(history, make_run, now):
    run = make_run(status=Status.RUNNING, lease_expires_at=now - timedelta(seconds=1))

    explained = explain(recover_expired)

    assert read_by(explained)["cronmgmt_run_lease"] == 1
    assert JobRun.objects.get(pk=run.pk).losses == 1


def test_what_may_be_pruned_is_found_by_an_index_in_order(
    history, make_job, make_run, now
):
    job = make_job(keep_last=1, keep_most=2)
    old = now - timedelta(days=1000)
    for status in [Status.FAILED, Status.SUCCEEDED] * SOME:
        make_run(job, status, finished_at=old)
    make_run(status=Status.SUCCEEDED, finished_at=old)

    explained = explain(retention.prune)

    # All but the least and highest id, which are the ends of an index.
    of_runs = [e for e in explained if "jobrun" in e.sql and "SELECT M" not in e.sql]
    assert read_by(of_runs)["cronmgmt_run_history"] >= 4
    sorts = [each.sql for each in of_runs if "a sort" in each.reads]
    assert all("IS NULL" in sql and " <= " in sql for sql in sorts)
    assert job.runs.count() == 1


def test_a_statement_that_reads_the_whole_table_is_seen(history):
    (look,) = explain(lambda: list(JobRun.objects.filter(worker="somewhere")))

    assert ALL in look.reads


@pytest.mark.skipif(
    connection.vendor == "mysql", reason="it reads so small a table as a whole"
)
def test_a_look_for_runs_broken_by_hand_reads_what_is_unfinished(history, make_job):
    keys = [make_job().pk]

    def look():
        repairing.repair_of_jobs(keys)
        for _ in repairing.repair_the_rest():
            pass

    for each in explain(look):
        assert each.reads, each.sql
        assert ALL not in each.reads, each
