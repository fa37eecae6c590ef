"""Register, edit, switch, retire and delete a job."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from cronmgmt import registry
from cronmgmt.engine import actions
from cronmgmt.engine.actions import Actor
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.errors import (
    InvalidJob,
    InvalidParameters,
    InvalidSchedule,
    Refused,
    UnknownHandler,
    UnknownJob,
)
from cronmgmt.models import ImportedHandler, JobRun, ScheduledJob, Status
from tests.app import jobs

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ALICE = Actor("alice", "dashboard")


# Register.


@pytest.mark.part("2.1")
def test_a_job_is_registered_at_run_time(clock):
    job = actions.register_job(
        "report", "15 7 * * *", "t:limited", params={"limit": 3}, timeout=MINUTE
    )

    job.refresh_from_db()
    assert (job.handler, job.params, job.timeout) == ("t:limited", {"limit": 3}, MINUTE)
    assert job.schedule_expression == "15 7 * * *"
    assert job.next_run_at


@pytest.mark.part("2.1")
@pytest.mark.part("4.5")
def test_in_a_time_zone_of_its_own(clock):
    job = actions.register_job("r", "0 9 * * *", "t:nothing", timezone="Asia/Tokyo")

    assert job.next_run_at.isoformat() == "2026-06-02T00:00:00+00:00"


@pytest.mark.part("2.1")
def test_without_a_schedule_it_runs_when_triggered(clock):
    job = actions.register_job("report", None, "t:nothing")

    assert (job.schedule_kind, job.next_run_at) == ("manual", None)
    assert actions.trigger("report").status == Status.QUEUED


@pytest.mark.part("2.1")
def test_registered_again_it_is_changed(clock):
    actions.register_job("report", "15 7 * * *", "t:nothing", owner="ops")

    actions.register_job("report", "45 7 * * *", "t:limited")

    job = ScheduledJob.objects.get()
    assert (job.schedule_expression, job.handler) == ("45 7 * * *", "t:limited")
    assert job.owner == "ops"


@pytest.mark.part("2.1")
def test_a_retired_job_returns_when_it_is_registered_again(make_job, clock):
    make_job("report")
    actions.cancel_job("report")

    job = actions.register_job("report", "15 7 * * *", "t:nothing")

    assert job.state == "on"
    assert job.next_run_at


def test_a_job_set_aside_is_put_back_into_service(make_job, clock):
    make_job("report", set_aside_reason="InvalidSchedule")

    job = actions.register_job("report", "15 7 * * *", "t:nothing")

    assert job.state == "on"
    assert job.next_run_at


@pytest.mark.part("2.1")
def test_a_function_of_a_module_becomes_a_handler(make_job, clock):
    actions.register_job("report", None, jobs.importable)

    actions.trigger("report")
    work_a_slice("default")

    assert ImportedHandler.objects.get().path == "tests.app.jobs:importable"
    assert JobRun.objects.get().result == "imported"


def test_registering_the_same_function_twice_is_harmless(clock):
    actions.register_job("one", None, jobs.importable)
    actions.register_job("two", None, jobs.importable)

    assert ImportedHandler.objects.count() == 1
    assert ScheduledJob.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"name": "Nightly Sync"}, InvalidJob),
        ({"name": ""}, InvalidJob),
        ({"cron_expression": "61 * * * *"}, InvalidSchedule),
        ({"cron_expression": 5}, InvalidSchedule),
        ({"timezone": "Mars/Olympus"}, InvalidSchedule),
        ({"handler": "t:limitted"}, UnknownHandler),
        ({"handler": ""}, UnknownHandler),
        ({"params": {"colour": "red"}}, InvalidParameters),
        ({"params": {"limit": "ten"}}, InvalidParameters),
        ({"params": [10]}, InvalidParameters),
        ({"colour": "red"}, InvalidJob),
        ({"timeout": 30}, ValidationError),
        ({"priority": 1000}, ValidationError),
    ],
)
def test_what_cannot_be_registered_leaves_nothing(clock, wrong, error):
    fields = {"name": "report", "cron_expression": None, "handler": "t:limited"}

    with pytest.raises(error):
        actions.register_job(**fields | wrong)

    assert not ScheduledJob.objects.exists()


def test_a_policy_with_a_typing_error_is_named_with_the_nearest(clock):
    with pytest.raises(InvalidJob, match="did you mean timeout?"):
        actions.register_job("report", None, "t:nothing", time_out=MINUTE)


def test_who_may_not_registers_no_handler_either(make_actor):
    with pytest.raises(Refused):
        actions.register_job("report", None, jobs.importable, actor=make_actor("x"))

    assert not registry.is_registered("tests.app.jobs.importable")
    assert not ImportedHandler.objects.exists()


# Edit.


def test_an_edit_is_written_and_planned(make_job, clock):
    job = make_job()
    job.schedule_expression = "30 * * * *"

    actions.save_job(job, ALICE)

    assert ScheduledJob.objects.get().next_run_at == clock.time + 30 * MINUTE


def test_an_edit_puts_a_repaired_job_back_into_service(make_job, clock):
    job = make_job(set_aside_reason="InvalidSchedule")

    actions.save_job(job, ALICE)

    job.refresh_from_db()
    assert (job.state, job.next_run_at) == ("on", clock.time + HOUR)


def test_an_edit_that_cannot_be_used_is_refused(make_job):
    job = make_job()
    job.timezone = "Mars/Olympus"

    with pytest.raises(ValidationError):
        actions.save_job(job, ALICE)

    assert ScheduledJob.objects.get().timezone == "UTC"


# Retire and delete.


@pytest.mark.part("2.1")
def test_a_cancelled_job_is_retired_and_keeps_its_history(make_job, make_run, now):
    job = make_job()
    make_run(job, Status.SUCCEEDED)
    unfinished = make_run(job)

    actions.cancel_job("job", ALICE)

    job.refresh_from_db()
    unfinished.refresh_from_db()
    assert (job.retired_at, job.retired_by) == (now, "person: alice")
    assert (job.next_run_at, job.runs.count()) == (None, 2)
    assert unfinished.status == Status.QUEUED


def test_a_deleted_job_leaves_its_runs_under_its_name(make_job, make_run):
    run = make_run(make_job("members"), Status.SUCCEEDED)

    actions.delete_job("members")

    run.refresh_from_db()
    assert not ScheduledJob.objects.exists()
    assert (run.job, run.job_name) == (None, "members")


@pytest.mark.parametrize(
    "verb",
    [
        actions.switch_off,
        actions.switch_on,
        actions.cancel_job,
        actions.revive_job,
        actions.delete_job,
    ],
)
def test_an_unknown_job_is_called_so(db, verb):
    with pytest.raises(UnknownJob, match="'ghost'"):
        verb("ghost")
