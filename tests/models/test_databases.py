"""The app's tables may be on any alias, behind any router; users may be elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model

import cronmgmt
from cronmgmt import queries
from cronmgmt.clock import sql_now
from cronmgmt.engine import actions
from cronmgmt.engine.actions import Actor
from cronmgmt.engine.claiming import claim, start
from cronmgmt.engine.execution import execute
from cronmgmt.engine.finishing import finish
from cronmgmt.engine.looking import look
from cronmgmt.engine.retention import prune
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import Activity, JobRun, RunLog, ScheduledJob, database

pytestmark = pytest.mark.django_db(databases=["default", "other"])

HOUR = timedelta(hours=1)


@pytest.fixture
def replica(settings):
    settings.DATABASE_ROUTERS = ["tests.models.routers.ReadsElsewhere"]


@pytest.fixture
def elsewhere(settings):
    settings.DATABASE_ROUTERS = ["tests.models.routers.AppElsewhere"]


def test_rows_are_read_where_they_are_written(replica, make_job):
    job = make_job()

    assert database() == "default"
    assert ScheduledJob.objects.get() == job
    job.refresh_from_db()


def test_relations_are_read_where_they_are_written(replica, make_job, make_run):
    run = make_run(make_job())
    RunLog.objects.create(run=run, attempt=1, at=sql_now(), text="hello")

    assert JobRun.objects.get().job.runs.get() == run
    assert run.log.get().text == "hello"


def test_a_named_database_is_asked_all_the_same(replica, make_job):
    make_job()

    assert not ScheduledJob.objects.using("other").exists()


def test_a_job_is_edited_behind_a_replica(replica, make_job, clock):
    make_job()

    actions.switch_off("job", until=clock.time + HOUR)

    assert not ScheduledJob.objects.using("default").get().enabled


@pytest.mark.parametrize("router", ["replica", "elsewhere"])
def test_a_run_goes_all_its_way(request, router, make_job, clock):
    request.getfixturevalue(router)
    make_job(handler="t:greet")
    due = look()
    assert not due.due()

    clock.move(HOUR)
    queue_due(clock.time, alive_since=clock.time)
    (run,) = claim("default").runs
    start(run)
    finish(run, execute(run))

    assert queries.result_as_json(run)["executionId"]
    assert cronmgmt.get_last_execution_result("job")["result"] == "hello world"
    assert queries.log_text(run) == "hello world\n"


def test_the_rows_are_on_the_alias_that_the_router_names(elsewhere, make_job):
    make_job()
    actions.trigger("job")

    for model in (ScheduledJob, JobRun, Activity):
        assert model.objects.using("other").count() == 1
        assert model.objects.using("default").count() == 0


def test_a_person_of_another_database_is_on_record_by_name(elsewhere, make_job):
    make_job()
    alice = get_user_model().objects.create_superuser("alice")

    run = actions.trigger("job", Actor("alice", "dashboard", user=alice))

    assert run.requested_by == "alice"
    assert Activity.objects.get().actor == "alice"


def test_what_happens_on_commit_belongs_to_the_alias_of_the_runs(
    elsewhere, make_job, bell, django_capture_on_commit_callbacks
):
    make_job()

    with django_capture_on_commit_callbacks(using="other", execute=True):
        actions.trigger("job")

    assert bell.rings == [("default", 1)]


def test_history_is_pruned_where_it_is(elsewhere, settings, make_job, make_run, now):
    settings.CRONMGMT = {"KEEP_LAST": 0}
    make_run(make_job(), "succeeded", finished_at=now - 1000 * HOUR * 24)

    assert prune().runs.total() == 1
    assert not JobRun.objects.exists()
