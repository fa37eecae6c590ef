"""Alice operates the jobs, Bob may only look, Charlie has no business here."""

from __future__ import annotations

import pytest
from django.test import Client

from cronmgmt.models import Status

LOOK = ("view_scheduledjob", "view_jobrun")
OPERATE = (
    *LOOK,
    "trigger_scheduledjob",
    "switch_scheduledjob",
    "cancel_jobrun",
    "rerun_jobrun",
    "view_error_jobrun",
)


@pytest.fixture(autouse=True)
def _database(db):
    pass


@pytest.fixture
def logged_in(make_user):
    def log_in(name, *permissions, **options):
        client = Client(**options)
        client.force_login(make_user(name, *permissions))
        return client

    return log_in


@pytest.fixture
def alice(logged_in):
    return logged_in("alice", *OPERATE)


@pytest.fixture
def bob(logged_in):
    return logged_in("bob", *LOOK)


@pytest.fixture
def charlie(logged_in):
    return logged_in("charlie")


@pytest.fixture
def make_job(make_job):
    """Save a job that runs every day at a quarter past seven."""

    def make(name="members", **changes):
        usual = {"handler": "elsewhere", "schedule_expression": "15 7 * * *"}
        return make_job(name, **{**usual, **changes})

    return make


@pytest.fixture
def make_run(make_run):
    """Save a run of a job that has succeeded unless told otherwise."""

    def make(job, status=Status.SUCCEEDED, **changes):
        return make_run(job, status, **changes)

    return make


NASTY = "\"'><script>alert(1)</script>{{ 7|add:7 }}<img src=x onerror=alert(2)>"
"""What stays text wherever it is shown."""
