"""Trigger, run again, cancel: at any time, and never two at once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from cronmgmt import enqueue
from cronmgmt.engine import actions
from cronmgmt.engine.actions import Actor, standing
from cronmgmt.engine.actions import runs as runs_module
from cronmgmt.engine.actions.work import REPEATED
from cronmgmt.errors import Blocked, InvalidParameters, Refused, UnknownJob
from cronmgmt.models import UNFINISHED, JobRun, Origin, ScheduledJob, Status

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
ALICE = Actor("alice", "dashboard")
FINISHED = [status for status in Status if status not in UNFINISHED]


# Trigger.


def test_a_triggered_job_is_queued_at_once(make_job, now):
    job = make_job()

    run = actions.trigger("job", ALICE, reason="a new source")

    assert run == job.runs.get()
    assert (run.status, run.origin) == (Status.QUEUED, Origin.MANUAL)
    assert (run.requested_by, run.reason) == ("alice", "a new source")
    assert (run.available_at, run.scheduled_for) == (now, None)


def test_the_workers_are_rung_for(make_job, bell, django_capture_on_commit_callbacks):
    make_job(queue="slow")

    with django_capture_on_commit_callbacks(execute=True):
        actions.trigger("job")

    assert bell.rings == [("slow", 1)]


def test_the_schedule_goes_on_as_if_nothing_had_happened(make_job):
    job = make_job()
    due = job.next_run_at

    actions.trigger("job")

    job.refresh_from_db()
    assert job.next_run_at == due


def test_parameters_replace_the_jobs_own_one_by_one(make_job, handle):
    def handler(run, source: str, limit: int = 10):
        """Do nothing."""

    handle(handler)
    job = make_job(handler="t:here", params={"source": "a", "limit": 5})

    run = actions.trigger("job", params={"limit": 7})

    assert run.params == {"source": "a", "limit": 7}
    job.refresh_from_db()
    assert job.params == {"source": "a", "limit": 5}


@pytest.mark.parametrize(
    "params", [{"colour": "red"}, {"limit": "ten"}, {"limit": {1}}, [7], "limit"]
)
def test_parameters_that_do_not_fit_are_refused(make_job, params):
    make_job(handler="t:limited")

    with pytest.raises(InvalidParameters):
        actions.trigger("job", params=params)

    assert not JobRun.objects.exists()


def test_a_row_whose_own_parameters_are_broken_says_so(make_job):
    make_job()
    ScheduledJob.objects.update(params=[1, 2])

    with pytest.raises(InvalidParameters, match="JSON object"):
        actions.trigger("job")


def test_parameters_of_a_handler_of_another_host_are_taken_as_they_are(make_job):
    make_job(handler="from:another-host", params={"source": "a"})

    run = actions.trigger("job", params={"anything": [1, None]})

    assert run.params == {"source": "a", "anything": [1, None]}


@pytest.mark.parametrize("name", ["ghost", "", "Job", "job ", "a\x00b", "\ud800"])
def test_an_unknown_job_is_called_so(make_job, name):
    make_job()

    with pytest.raises(UnknownJob):
        actions.trigger(name)


def test_a_job_that_is_off_can_be_triggered(make_job):
    make_job(enabled=False)

    assert actions.trigger("job").status == Status.QUEUED


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"retired_at": "2026-01-01T00:00Z"}, "is retired"),
        ({"set_aside_reason": "InvalidSchedule: minute"}, "set aside: InvalidSchedule"),
    ],
)
def test_a_job_out_of_service_cannot(make_job, changes, words):
    make_job(**changes)

    with pytest.raises(Refused, match=words):
        actions.trigger("job")


def test_a_site_that_runs_nothing_says_so(make_job, settings):
    settings.CRONMGMT = {"ENABLED": False}
    make_job()

    with pytest.raises(Refused, match="ENABLED"):
        actions.trigger("job")


@pytest.mark.parametrize("status", UNFINISHED)
def test_an_unfinished_run_is_in_the_way_and_is_named(make_job, status):
    make_job()
    first = actions.trigger("job")
    JobRun.objects.update(status=status)

    with pytest.raises(Blocked, match=f"run {first.pk} is {status.label}") as blocked:
        actions.trigger("job")

    assert blocked.value.execution_id == str(first.execution_id)


@pytest.mark.part("4.1")
def test_of_two_people_at_the_same_moment_one_is_refused(make_job, monkeypatch):
    """The other's run is committed between our look and our insert."""
    make_job()
    first = actions.trigger("job")
    looks = []
    original = runs_module.refuse_if_full

    def refuse_if_full(job):
        looks.append(job)
        if len(looks) > 1:
            original(job)

    for module in (runs_module, standing):
        monkeypatch.setattr(module, "refuse_if_full", refuse_if_full)

    with pytest.raises(Blocked) as blocked:
        actions.trigger("job")

    assert blocked.value.execution_id == str(first.execution_id)
    assert JobRun.objects.count() == 1


def test_runs_that_may_overlap_are_triggered_side_by_side(make_job):
    job = make_job(overlap="allow")

    actions.trigger("job")
    actions.trigger("job")

    assert job.runs.count() == 2


# Again.


@pytest.mark.parametrize("status", FINISHED)
def test_a_finished_run_can_be_run_again(make_job, make_run, status, now):
    job = make_job(handler="t:limited", params={"limit": 5})
    old = make_run(
        job, status, params={"limit": 3}, intended_for=now - HOUR, scheduled_for=now
    )

    new = actions.rerun(old.execution_id, ALICE)

    assert (new.status, new.origin) == (Status.QUEUED, Origin.RERUN)
    assert new.rerun_of == old.execution_id != new.execution_id
    assert (new.params, new.intended_for) == ({"limit": 3}, now - HOUR)
    assert (new.scheduled_for, new.requested_by) == (None, "alice")


def test_a_run_again_is_a_run_of_the_job_as_it_is_now(make_job, make_run):
    job = make_job(handler="t:nothing")
    old = make_run(job, Status.FAILED)
    job.handler, job.queue = "t:limited", "slow"
    job.save()

    new = actions.rerun(old.execution_id)

    assert (new.handler, new.queue) == ("t:limited", "slow")


@pytest.mark.parametrize("status", UNFINISHED)
def test_an_unfinished_run_is_not_run_again(make_job, make_run, status):
    run = make_run(make_job(), status)

    with pytest.raises(Refused, match="cancel it first"):
        actions.rerun(run.execution_id)


def test_a_run_of_a_deleted_job_is_not_run_again(make_job, make_run):
    job = make_job("members")
    run = make_run(job, Status.FAILED)
    job.delete()

    with pytest.raises(Refused, match="members of this run was deleted"):
        actions.rerun(run.execution_id)


def test_nor_is_one_beside_another(make_job, make_run):
    old = make_run(make_job(), Status.FAILED)
    actions.trigger("job")

    with pytest.raises(Blocked):
        actions.rerun(old.execution_id)


def test_a_run_is_repeated_with_other_parameters_and_for_another_date(
    make_job, make_run, handle, now
):
    def handler(run, source: str, limit: int = 10):
        """Do nothing."""

    handle(handler)
    job = make_job(handler="t:here", params={"source": "a"})
    old = make_run(job, Status.FAILED, params={"source": "b"}, intended_for=now)

    run = actions.rerun(old.execution_id, params={"limit": 7}, intended_for=now - HOUR)

    assert run.params == {"source": "b", "limit": 7}
    assert (run.intended_for, run.scheduled_for) == (now - HOUR, None)


def test_a_run_is_not_repeated_with_parameters_that_do_not_fit(make_job, make_run):
    old = make_run(make_job(handler="t:limited"), Status.FAILED)

    with pytest.raises(InvalidParameters):
        actions.rerun(old.execution_id, params={"limit": "ten"})

    assert JobRun.objects.get() == old


# Cancel.


@pytest.mark.parametrize("status", [Status.QUEUED, Status.CLAIMED])
def test_a_run_that_has_not_started_is_cancelled_at_once(
    make_job, make_run, now, status
):
    run = make_run(make_job(), status, active_key="k")

    cancelled = actions.cancel_run(run.execution_id, ALICE, reason="too early")

    assert (cancelled.status, cancelled.finished_at) == (Status.CANCELLED, now)
    assert cancelled.reason == "Cancelled by alice: too early"
    assert (cancelled.active_key, cancelled.claim_token) == (None, "")


def test_a_running_run_is_asked_to_end(make_run):
    run = make_run(status=Status.RUNNING)

    asked = actions.cancel_run(run.execution_id, ALICE)

    assert (asked.status, asked.cancel_requested) == (Status.RUNNING, True)
    assert asked.reason == "Cancelled by alice."
    assert asked.claim_token == "mine"


@pytest.mark.parametrize("status", FINISHED)
def test_a_finished_run_cannot_be_cancelled(make_run, status):
    run = make_run(status=status)

    with pytest.raises(Refused, match="finished already"):
        actions.cancel_run(run.execution_id)

    run.refresh_from_db()
    assert run.status == status


@pytest.mark.parametrize("verb", [actions.cancel_run, actions.rerun])
@pytest.mark.parametrize("key", ["", "not-an-id", uuid4(), "\x00"])
def test_an_unknown_run_is_called_so(db, verb, key):
    with pytest.raises(Refused, match="not an execution id|There is no run"):
        verb(key)


def test_a_run_may_be_named_by_its_id_as_text(make_run):
    run = make_run()

    assert actions.cancel_run(str(run.execution_id)).is_finished


def test_work_without_a_job_is_run_again_as_it_was(now):
    terms = {"priority": "high", "queue": "slow", "notify": "a@example.org"}
    enqueue("t:limited", {"limit": 3}, unique_key="k", max_attempts=4, **terms)
    JobRun.objects.update(status=Status.FAILED, active_key=None, attempt=4)
    old = JobRun.objects.get()

    new = actions.rerun(old.execution_id)

    new.refresh_from_db()
    assert (new.rerun_of, new.status, new.attempt) == (old.execution_id, "queued", 0)
    for name in REPEATED:
        assert getattr(new, name) == getattr(old, name), name


def test_work_is_not_run_again_beside_other_work_of_its_key(now):
    first = enqueue("t:nothing", unique_key="k")
    JobRun.objects.update(status=Status.FAILED, active_key=None)
    second = enqueue("t:nothing", unique_key="k")

    with pytest.raises(Blocked, match="under the key 'k' is unfinished") as blocked:
        actions.rerun(first)

    assert blocked.value.execution_id == str(second)
