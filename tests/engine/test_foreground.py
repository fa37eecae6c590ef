"""One job, here and now, by this very process."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from cronmgmt.engine import actions, stopping, workers
from cronmgmt.engine.actions import CODE, COMMAND, Actor
from cronmgmt.engine.foreground import run_here
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.errors import (
    Blocked,
    Forbidden,
    InvalidParameters,
    Refused,
    Retry,
    UnknownJob,
)
from cronmgmt.models import JobRun, LockSlot, Status
from cronmgmt.text import digest

pytestmark = [pytest.mark.django_db, pytest.mark.part("0.9")]


def test_it_runs_to_its_end_and_is_on_record(make_job):
    job = make_job(handler="t:greet")

    run = run_here("job", CODE, params={"name": "Anna"})

    assert (run.status, run.result) == (Status.SUCCEEDED, "hello Anna")
    assert (run.worker, run.attempt, run.claims) == (workers.this(), 1, 1)
    job.refresh_from_db()
    assert (job.last_status, job.runs_total) == ("succeeded", 1)


def test_what_it_prints_is_shown_and_kept(make_job):
    make_job(handler="t:greet")
    terminal = io.StringIO()

    run = run_here("job", CODE, echo=terminal)

    assert terminal.getvalue() == run.log.get().text == "hello world\n"


def test_nobody_is_rung_for(make_job, bell, django_capture_on_commit_callbacks):
    make_job()

    with django_capture_on_commit_callbacks(execute=True):
        run_here("job", CODE)

    assert bell.rings == []


def test_a_worker_does_not_take_it_meanwhile(make_job, handle):
    def handler(run):
        return work_a_slice("default").done

    handle(handler)
    make_job(handler="t:here")

    assert run_here("job", CODE).result == 0


def test_a_failure_is_not_tried_again(make_job, handle):
    def handler(run):
        raise Retry(after=timedelta())

    handle(handler)
    make_job(handler="t:here", max_attempts=5)

    run = run_here("job", CODE)

    assert (run.status, run.attempt) == (Status.FAILED, 1)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_it_is_recorded_though_somebody_breaks_it_off(make_job, handle, error):
    def handler(run):
        raise error

    handle(handler)
    make_job(handler="t:here")

    assert run_here("job", CODE).error_class == error.__name__


def test_a_run_that_is_under_way_is_in_the_way(make_job):
    make_job()
    actions.trigger("job")

    with pytest.raises(Blocked):
        run_here("job", CODE)


@pytest.mark.parametrize(
    ("name", "params", "error"),
    [("ghost", {}, UnknownJob), ("job", {"colour": "red"}, InvalidParameters)],
)
def test_what_cannot_be_run_is_refused(make_job, name, params, error):
    make_job()

    with pytest.raises(error):
        run_here(name, CODE, params=params)

    assert not JobRun.objects.exists()


def test_who_may_not_is_refused(make_job, django_user_model):
    make_job()
    user = django_user_model.objects.create_user("charlie")

    with pytest.raises(Forbidden):
        run_here("job", Actor("charlie", "command", user=user))


def test_a_process_that_is_to_stop_still_ends_what_it_began(make_job, handle):
    def handler(run):
        stopping.request()
        return "done"

    handle(handler)
    make_job(handler="t:here")

    assert run_here("job", CODE).result == "done"


def test_a_job_whose_lock_is_taken_is_not_run_later(make_job, make_run):
    holder = make_run(lock_digest=digest("lock", "db"), status=Status.RUNNING)
    LockSlot.objects.create(key=holder.lock_digest, slot=0, run=holder)
    job = make_job(lock_key="db")

    with pytest.raises(Blocked) as refusal:
        run_here("job", COMMAND)

    assert str(refusal.value) == (
        f"job was not run. Waits for the lock db, held by run {holder.pk}."
    )
    assert job.runs.get().status == Status.CANCELLED


def test_a_target_of_a_job_that_has_none_is_refused(make_job):
    make_job()

    with pytest.raises(Refused, match="job does not run over targets: leave 'x' out"):
        run_here("job", CODE, target="x")
    with pytest.raises(UnknownJob):
        run_here("jbo", CODE, target="x")

    assert not JobRun.objects.exists()
