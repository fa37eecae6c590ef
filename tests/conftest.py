"""What every test may ask for."""

from __future__ import annotations

import gc
import signal
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import connections
from hypothesis import settings

from cronmgmt.clock import SettableClock, use
from cronmgmt.engine import loop, rings
from cronmgmt.engine.places import Places
from cronmgmt.models import HELD, UNFINISHED, JobRun, ScheduledJob, Status
from tests.examples import TIMES
from tests.tooling import emptying

pytest_plugins = ["cronmgmt.pytest_plugin", "tests.tooling.report"]

# A machine that is busy with other things does not make a property false. The examples
# are the same every time; CRONMGMT_EXAMPLES=10 looks for others.
settings.register_profile("patient", deadline=None, derandomize=TIMES == 1)
settings.load_profile("patient")

# A shell ignores SIGINT for what it starts in the background, and that is inherited:
# processes that a test starts would never hear it.
signal.signal(signal.SIGINT, signal.default_int_handler)

MOMENT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)  # 14:00 in Amsterdam


@pytest.fixture(autouse=True)
def _queues_from_the_start(monkeypatch):
    """No test goes on where another one was in a queue."""
    monkeypatch.setattr(loop, "places", Places())


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Make the databases, and have asked each what Django 6.1's checks ask of it once.

    A test that may use one database only could not run a command otherwise.
    """
    with django_db_blocker.unblock():
        assert all(each.features.supports_json_field for each in connections.all())
        emptying.remember(connections)
        emptying.install()


@pytest.fixture(autouse=True)
def _nothing_is_counted_yet():
    """No test pays for what another one asked for: rates, and wrong keys."""
    cache.clear()


@pytest.fixture
def clock():
    """A clock that stands at MOMENT until a test moves it."""
    with use(SettableClock(MOMENT)) as settable:
        yield settable


@pytest.fixture
def now(clock):
    """The time at which the test begins."""
    return clock.time


@pytest.fixture
def make_job(clock):
    """Save a job, hourly unless told otherwise; ``next_run_at`` may be any moment."""

    def make(name="job", next_run_at=None, **changes):
        fields = {"handler": "t:nothing", "schedule_expression": "0 * * * *", **changes}
        job = ScheduledJob(name=name, **fields)
        job.save()
        if next_run_at:
            job.next_run_at = next_run_at
            job.save()
        return job

    return make


@pytest.fixture
def make_run(clock):
    """Save a run, queued unless told otherwise, as it looks in its status."""

    def make(job=None, status=Status.QUEUED, **changes):
        fields = {
            "job": job,
            "job_name": job.name if job else "job",
            "handler": job.handler if job else "t:nothing",
            "origin": "manual",
            "available_at": clock.time,
            "created_at": clock.time,
            **_columns_of(status, clock.time),
            **changes,
        }
        run = JobRun.objects.create(status=status, **fields)
        # As the claim leaves them.
        run.seen, run.clock_read = time.monotonic(), clock.time
        return run

    return make


@pytest.fixture
def make_user(django_user_model):
    """Save a person who has these permissions of the app."""

    def make(name, *permissions, **fields):
        user = django_user_model.objects.create_user(name, **fields)
        rights = Permission.objects.filter(content_type__app_label="cronmgmt")
        user.user_permissions.set(rights.filter(codename__in=permissions))
        return user

    return make


def _columns_of(status, now):
    if status not in UNFINISHED:
        return {"finished_at": now}
    if status not in HELD:
        return {}
    claim = {
        "worker": "somewhere:1:abc",
        "claim_token": "mine",
        "lease_expires_at": now + timedelta(seconds=30),
    }
    if status == Status.RUNNING:
        claim |= {"started_at": now, "attempt": 1}
    return claim


class Bell:
    """A doorbell that only remembers who was rung for."""

    def __init__(self):
        self.rings = []
        self.in_line = False

    def lingers(self):
        return not self.in_line

    def workers(self):
        return 3

    def ring(self, queue, runs):
        self.rings.append((queue, runs))


@pytest.fixture
def bell(monkeypatch):
    """What stands in for django-q2, which the tests of the package do not need."""
    bell = Bell()
    monkeypatch.setattr(rings, "doorbell", lambda: bell)
    return bell


def pytest_collection_finish():
    """Let the collector pass over the tests and Django: they stay until the end."""
    gc.collect()
    gc.freeze()
