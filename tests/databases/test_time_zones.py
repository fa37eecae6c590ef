"""A MariaDB server whose own clock is not UTC, and changes: nothing shifts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection

from cronmgmt import clock
from cronmgmt.engine.claiming import claim, start
from cronmgmt.engine.leases import lease
from cronmgmt.engine.looking import look
from cronmgmt.engine.presence import Presence
from cronmgmt.engine.recovery import recover_expired
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import JobRun, Node, ScheduledJob, Status

pytestmark = [
    pytest.mark.skipif(connection.vendor != "mysql", reason="it is about MariaDB"),
    pytest.mark.django_db,
    pytest.mark.part("4.5"),
]

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)

# A summer's day, and both sides of the changes in Amsterdam: the hour from 02:00 comes
# twice in October and not at all in March.
MOMENTS = [
    datetime(2026, 7, 1, 12, 0, 0, 250_000, UTC),
    datetime(2026, 10, 25, 0, 59, 59, 750_000, UTC),
    datetime(2026, 10, 25, 1, 0, 0, 250_000, UTC),
    datetime(2027, 3, 28, 0, 59, 59, 750_000, UTC),
    datetime(2027, 3, 28, 1, 0, 0, 250_000, UTC),
]


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture(params=["SYSTEM", "+02:00", "-09:30", "Europe/Amsterdam"])
def zone(request):
    """The time zone of the connection, as a server or somebody's settings have it."""
    try:
        execute(f"SET time_zone = '{request.param}'")
    except DatabaseError:
        pytest.skip("this server has no tables of time zones")
    yield request.param
    execute("SET time_zone = DEFAULT")


@pytest.fixture(params=MOMENTS, ids=str)
def moment(request, zone):
    """The time that the server shows: it stands still."""
    execute(f"SET timestamp = {request.param.timestamp():.6f}")
    yield request.param
    execute("SET timestamp = DEFAULT")


def make_run(**columns):
    return JobRun.objects.create(
        job_name="job",
        handler="t:nothing",
        origin="manual",
        created_at=columns["available_at"],
        **{"status": Status.QUEUED, **columns},
    )


def make_job(name, due):
    job = ScheduledJob(name=name, handler="t:nothing", schedule_expression="* * * * *")
    job.save()
    ScheduledJob.objects.filter(pk=job.pk).update(next_run_at=due)


def test_it_tells_utc(moment):
    make_job("job", due=moment)

    assert clock.now("default") == moment
    assert ScheduledJob.objects.values_list(clock.sql_now(), flat=True).get() == moment


def test_what_is_available_is_claimed_and_what_is_not_yet_waits(moment):
    make_run(available_at=moment + HOUR)
    make_run(available_at=moment + 2 * SECOND)
    ready = make_run(available_at=moment)

    (claimed,) = claim("default", limit=10).runs

    assert claimed.pk == ready.pk
    assert JobRun.objects.get(pk=ready.pk).lease_expires_at == moment + lease()


def test_a_lease_ends_when_it_was_to_end(moment):
    held = {"status": Status.CLAIMED, "claim_token": "x", "available_at": moment}
    over = make_run(lease_expires_at=moment - SECOND, **held)
    make_run(lease_expires_at=moment + SECOND, **held)

    assert recover_expired() == 1
    assert JobRun.objects.get(status=Status.QUEUED).pk == over.pk


def test_a_run_starts_at_the_time_that_is_written(moment):
    make_run(available_at=moment)
    (run,) = claim("default").runs

    assert start(run)

    started = JobRun.objects.get().started_at
    assert moment <= started < moment + SECOND


def test_a_job_is_due_at_its_time(moment):
    make_job("later", due=moment + HOUR)
    assert look()[:2] == (moment, moment + HOUR)
    assert not look().due()

    make_job("now", due=moment.replace(microsecond=0))

    assert look().due()
    queue_due(moment, alive_since=moment - HOUR)
    assert JobRun.objects.get().job_name == "now"
    assert look().next_due > moment


def test_a_node_is_there_when_it_says_so(moment):
    Presence(schedules=True).report(workers_up=2)

    assert Node.objects.get().seen_at == moment
