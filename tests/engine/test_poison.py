"""Rows broken at the database's prompt: each is mended or says why, the others go on."""

from __future__ import annotations

import contextlib
import logging
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from cronmgmt.engine import locks
from cronmgmt.engine.looking import look
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.engine.mending import Mending
from cronmgmt.engine.recovery import recover_expired
from cronmgmt.engine.retention import prune
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import Activity, Gap, JobRun, LockSlot, ScheduledJob, Status

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.part("4.1"),
]
logger = logging.getLogger(__name__)

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
VENDOR = connection.vendor

GUARDS = {
    "sqlite": "PRAGMA ignore_check_constraints = {no}",
    "mysql": "SET foreign_key_checks = {}; SET check_constraint_checks = {}",
    "postgresql": "",
}[VENDOR]

EARLY, LATE = {
    "sqlite": ("", "soon"),
    "postgresql": ("-infinity", "infinity"),
    "mysql": ("0000-00-00 00:00:00", "9999-12-31 23:59:59"),
}[VENDOR]
"""What a column for moments takes and no program has a good use for."""

LONG = {"sqlite": "a day", "postgresql": "9999 years", "mysql": 2**62}[VENDOR]
NEGATIVE = {"postgresql": "-1 day"}.get(VENDOR, -86_400_000_000)
MOST = {"mysql": 2**32 - 1}.get(VENDOR, 2**31 - 1)
NOT_JSON = "{oops"
NOBODY = 987_654_321
KEY = "k" * 64


@contextlib.contextmanager
def unguarded():
    """Let the database take what its constraints would keep out."""
    for on in (0, 1):
        with connection.cursor() as cursor:
            for text in filter(None, GUARDS.split("; ")):
                cursor.execute(text.format(on, no=1 - on))
        if not on:
            yield


def write(table, key, **columns):
    """Write by hand; False if the database refuses it all the same."""
    names = ", ".join(f"{name} = %s" for name in columns)
    sql = f"UPDATE cronmgmt_{table} SET {names} WHERE id = %s"
    try:
        with unguarded(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [*columns.values(), key])
    except DatabaseError:
        return False
    return True


@pytest.fixture
def live(clock, monkeypatch):
    """Let two hours pass as a node would; in the second, no step may fail any more."""

    def schedule():
        while look().due() and queue_due(clock.time, clock.time - MINUTE):
            pass

    def mend():
        mending = Mending()
        while mending.go_on():
            pass

    def work():
        for _ in range(3):  # Who fails is rung for again.
            with contextlib.suppress(DatabaseError):
                work_a_slice("default")

    steps = (schedule, recover_expired, locks.sweep, work, mend, prune)

    def turn(tolerant):
        for step in steps:
            try:
                step()
            except Exception:
                logger.exception("a step failed")
                if not tolerant:
                    raise

    def live():
        for number in range(12):
            clock.move(10 * MINUTE)
            turn(tolerant=number < 6)

    return live


@pytest.fixture(autouse=True)
def _others(make_job, make_run, live):
    """A job and a run that nobody touched: they go on whatever is beside them."""
    job = make_job("healthy")
    run = make_run(job_name="healthy", priority=99)
    yield
    run.refresh_from_db()
    assert run.status == Status.SUCCEEDED
    assert job.runs.filter(status=Status.SUCCEEDED).count() == 2


RUNS = {
    "running without a lease": ("running", {"lease_expires_at": None}, "succeeded"),
    "running and nobody's": ("queued", {"status": "running"}, "succeeded"),
    "claimed without a lease": ("claimed", {"lease_expires_at": None}, "succeeded"),
    "leased for ever": ("running", {"lease_expires_at": LATE}, "succeeded failed"),
    "leased since ever": ("running", {"lease_expires_at": EARLY}, "succeeded failed"),
    "no such status": ("queued", {"status": "exploded"}, "failed"),
    "ended by its status alone": ("queued", {"status": "failed"}, "failed"),
    "parked for nothing": ("queued", {"status": "waiting"}, "succeeded"),
    "less than no attempt": ("queued", {"attempt": -5}, "succeeded"),
    "available since ever": ("queued", {"available_at": EARLY}, "succeeded failed"),
    "available never": ("queued", {"available_at": LATE}, "queued failed"),
    "available nowhen": ("queued", {"available_at": None}, "succeeded"),
    "made nowhen": ("queued", {"created_at": LATE}, "succeeded failed"),
    "to be started nowhen": ("queued", {"start_by": EARLY}, "missed failed succeeded"),
    "an endless time-out": ("queued", {"timeout": LONG}, "succeeded failed"),
    "a negative time-out": ("queued", {"timeout": NEGATIVE}, "timed_out succeeded"),
    # Or it is left to newer code, whose turn it is for a while.
    "parameters that are no JSON": (
        "queued",
        {"params": NOT_JSON},
        "queued failed succeeded",
    ),
    "parameters that are a list": (
        "queued",
        {"params": "[1]"},
        "queued failed succeeded",
    ),
    "no attempt allowed": ("queued", {"max_attempts": 0}, "succeeded"),
    "no place under its lock": (
        "queued",
        {"lock_digest": KEY, "concurrency": 0},
        "succeeded",
    ),
    "no handler": ("queued", {"handler": ""}, "queued"),
}


@pytest.mark.parametrize("case", RUNS)
def test_a_run_ends_or_says_why_it_waits(make_run, live, clock, case):
    status, columns, endings = RUNS[case]
    run = make_run(status=status, active_key="k")
    if not write("jobrun", run.pk, **columns):
        endings = "succeeded"  # The database itself keeps such rows out.

    live()

    row = JobRun.objects.get(pk=run.pk)
    assert row.status in endings.split()
    assert row.status == Status.SUCCEEDED or row.reason or row.available_at > clock.time
    if "params" in columns and row.status == Status.QUEUED:
        assert "Left to a node with newer code" in row.reason
    assert row.is_finished == (row.finished_at is not None) == (row.active_key is None)
    assert not row.claim_token or not row.is_finished


LEFTOVERS = {
    "its key": {"active_key": "k"},
    "its lease": {"lease_expires_at": "2026-01-01 00:00:00"},
    "an endless lease": {"lease_expires_at": LATE},
}


@pytest.mark.parametrize("what", LEFTOVERS)
def test_what_a_finished_run_still_has_keeps_nobody_from_starting(make_run, live, what):
    run = make_run(status=Status.SUCCEEDED)
    write("jobrun", run.pk, **LEFTOVERS[what])

    live()

    row = JobRun.objects.get(pk=run.pk)
    assert (row.status, row.active_key) == (Status.SUCCEEDED, None)
    assert row.lease_expires_at is None


JOBS = {
    "no next run": {"next_run_at": None},
    "a next run since ever": {"next_run_at": EARLY},
    "a next run never": {"next_run_at": LATE},
    "a next run in the year 9999": {"next_run_at": "9999-12-31 00:00:00"},
    "a start nowhen": {"starts_at": EARLY},
    "an end nowhen": {"ends_at": EARLY},
    "covered for ever": {"covered_until": LATE},
    "forgotten since ever": {"forgotten_before": EARLY},
    "no such schedule": {"schedule_expression": "whenever"},
    "no such kind": {"schedule_kind": "sometimes"},
    "no such zone": {"timezone": "Mars/Olympus"},
    "no such calendar": {"calendar": "mayan"},
    "days that are none": {"calendar": "x", "closed_days": '["nosuch"]'},
    "no handler": {"handler": ""},
    "parameters that are no JSON": {"params": NOT_JSON},
    "parameters that are a list": {"params": "[1]"},
    "tags that are no list": {"tags": "5"},
    "no such overlap": {"overlap": "sideways"},
    "no such misfire": {"misfire": "often"},
    "an endless grace": {"grace": LONG},
    "an endless jitter": {"jitter": LONG},
    "a negative jitter": {"jitter": NEGATIVE},
    "an endless retention": {"retention": LONG},
    "no attempt allowed": {"max_attempts": 0},
    "no run at once": {"overlap": "allow", "concurrency": 0},
}


@pytest.mark.parametrize("case", JOBS)
def test_a_job_runs_or_says_why_not(make_job, live, case):
    job = make_job("broken")
    written = write("scheduledjob", job.pk, **JOBS[case])

    live()

    row = ScheduledJob.objects.get(pk=job.pk)
    ran = row.runs.filter(status=Status.SUCCEEDED)
    said = [
        row.set_aside_reason,
        *Gap.objects.filter(job=job).values_list("reason", flat=True),
        *row.runs.values_list("reason", flat=True),
    ]
    assert any(said) or (ran.count() == 2 and row.next_run_at)
    assert written or ran.count() == 2


def test_a_next_run_that_was_deleted_is_on_record(make_job, live):
    job = make_job("broken")
    write("scheduledjob", job.pk, next_run_at=None)

    live()

    deed = Activity.objects.get(action="mend")
    assert deed.job_name == "broken"
    assert deed.reason.startswith("Its next run was deleted by hand. It goes on at")


@pytest.mark.parametrize("status", ["queued", "succeeded"])
def test_a_lock_that_nobody_is_under_is_free(make_run, live, now, status):
    holder = make_run(status=status, available_at=now + DAY)
    LockSlot.objects.create(key=KEY, slot=0, run=holder)
    waiting = make_run(lock_digest=KEY)

    live()

    waiting.refresh_from_db()
    assert waiting.status == Status.SUCCEEDED


@pytest.mark.skipif(VENDOR == "postgresql", reason="it keeps its foreign keys")
def test_a_lock_or_a_job_that_is_not_there_keeps_nobody_waiting(make_run, live):
    slot = LockSlot.objects.create(key=KEY, slot=0)
    dangling = make_run(job_name="gone")
    write("lockslot", slot.pk, run_id=NOBODY)
    write("jobrun", dangling.pk, job_id=NOBODY)
    waiting = make_run(lock_digest=KEY)

    live()

    for run in (waiting, dangling):
        assert JobRun.objects.get(pk=run.pk).status == Status.SUCCEEDED
    dangling.delete()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("column", ["claims", "attempt"])
def test_a_run_that_cannot_be_counted_up_keeps_nobody_waiting(make_run, live, column):
    """What the database refuses would spoil a transaction around the test."""
    run = make_run()
    write("jobrun", run.pk, **{column: MOST if column == "claims" else 32_767})

    live()

    row = JobRun.objects.get(pk=run.pk)
    assert row.status == Status.SUCCEEDED or row.reason.startswith("Edited by hand")
