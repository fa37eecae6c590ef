"""What one scheduler has locked makes no other wait."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cronmgmt.engine import locks
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import JobRun, LockSlot, ScheduledJob, Status

HOUR = timedelta(hours=1)

pytestmark = [
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite locks no rows"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def elsewhere():
    """Another connection to the same database, in a transaction."""
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        yield cursor
    other.rollback()
    other.close()


def test_a_job_that_another_scheduler_holds_is_left_to_it(make_job, clock, elsewhere):
    held, free = make_job("held"), make_job("free")
    elsewhere.execute(
        "SELECT id FROM cronmgmt_scheduledjob WHERE id = %s FOR UPDATE", [held.pk]
    )

    later = clock.move(HOUR)
    queue_due(later, alive_since=later)

    assert not held.runs.exists()
    assert free.runs.exists()
    assert ScheduledJob.objects.get(pk=held.pk).next_run_at == later


def test_a_server_that_cannot_pass_over_locked_rows_schedules_all_the_same(
    make_job, clock, monkeypatch
):
    feature = "has_select_for_update_skip_locked"
    monkeypatch.setattr(connection.features, feature, False)
    job = make_job()

    later = clock.move(HOUR)
    with CaptureQueriesContext(connection) as statements:
        queue_due(later, alive_since=later)

    assert job.runs.exists()
    assert not [each for each in statements if "SKIP LOCKED" in each["sql"]]


def test_a_sweep_passes_over_a_lock_that_somebody_is_busy_with(make_run, elsewhere):
    """A node's parent must not stand still with a worker that was stopped."""
    for key in ("a" * 64, "b" * 64):
        LockSlot.objects.create(key=key, slot=0)
        make_run(lock_digest=key, waits_for=key, status=Status.WAITING)
    column = connection.ops.quote_name("key")
    elsewhere.execute(
        f"SELECT id FROM cronmgmt_lockslot WHERE {column} = %s FOR UPDATE", ["a" * 64]
    )

    assert locks.sweep() == 1

    waiting = JobRun.objects.filter(status=Status.WAITING)
    assert waiting.get().waits_for == "a" * 64
