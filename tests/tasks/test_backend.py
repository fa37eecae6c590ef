"""Tasks of the framework are runs: each flag that the backend declares, and no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django import VERSION
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.module_loading import import_string

from cronmgmt import enqueue, registry, tasks
from cronmgmt.engine import resolving
from cronmgmt.models import ImportedHandler, JobRun, Origin, Status
from cronmgmt.tasks import CronmgmtBackend
from cronmgmt.tasks.library import InvalidTask, TaskResultDoesNotExist, TaskResultStatus
from cronmgmt.testing import run_queued
from tests.tasks import samples

pytestmark = pytest.mark.django_db

backends = import_string(f"{settings.TASKS_LIBRARY}.task_backends")
FLAGS = [name for name in dir(CronmgmtBackend) if name.startswith("supports_")]


@pytest.fixture(autouse=True)
def _nothing_is_remembered(monkeypatch):
    monkeypatch.setattr(resolving, "_remembered", set())


@pytest.mark.parametrize("flag", FLAGS)
def test_every_flag_of_the_framework_is_true_and_has_its_test(flag):
    assert getattr(CronmgmtBackend, flag) is True
    assert f"test_{flag}" in globals()


@pytest.mark.part("1.3")
def test_an_enqueued_task_is_a_queued_run(now):
    result = samples.add.enqueue(1, second=2)

    run = JobRun.objects.get(execution_id=result.id)
    assert (run.status, run.origin, run.queue) == ("queued", Origin.ENQUEUE, "default")
    assert run.params == {"args": [1], "kwargs": {"second": 2}}
    assert (result.status, result.args, result.kwargs) == (
        *(TaskResultStatus.READY, [1], {"second": 2}),
    )
    assert (result.enqueued_at, result.started_at, result.worker_ids) == (now, None, [])
    assert (result.backend, result.task, result.is_finished) == (
        *("default", samples.add, False),
    )


def test_supports_defer(clock):
    tomorrow = clock.time + timedelta(days=1)
    result = samples.add.using(run_after=tomorrow).enqueue(1)

    assert run_queued() == []
    assert samples.add.get_result(result.id).task.run_after == tomorrow

    clock.move(timedelta(days=1))
    result.refresh() if len(run_queued()) == 1 else None
    assert result.return_value == 2


def test_supports_async_task():
    result = samples.multiply.enqueue(6, 7)

    run_queued()

    result.refresh()
    assert result.return_value == 42


def test_supports_get_result(clock):
    result = samples.add.enqueue(1)
    run_queued()

    found = samples.add.get_result(result.id)

    assert found.status == TaskResultStatus.SUCCESSFUL
    assert found.return_value == 2
    assert found.attempts == len(found.worker_ids) == 1
    assert found.started_at <= found.last_attempted_at <= found.finished_at
    assert found.errors == []


def test_supports_priority():
    for first, priority in enumerate([0, 100, -100, 1]):
        samples.add.using(priority=priority).enqueue(first)
    enqueue("t:nothing", priority="urgent")

    runs = run_queued()

    firsts = [(run.params.get("args") or ["urgent"])[0] for run in runs]
    assert firsts == [1, "urgent", 3, 0, 2]
    task = samples.add.get_result(str(runs[0].execution_id)).task
    assert (task.priority, task.queue_name) == (100, "default")


@pytest.mark.parametrize("result_id", [str(uuid4()), "no id", ""])
def test_a_result_that_is_not_there_is_said_not_to_be(result_id):
    with pytest.raises(TaskResultDoesNotExist):
        samples.add.get_result(result_id)


def test_a_run_that_is_no_task_has_no_result():
    execution_id = enqueue("t:nothing")

    with pytest.raises(TaskResultDoesNotExist):
        backends["default"].get_result(str(execution_id))


@pytest.mark.parametrize(
    "terms",
    [
        {"queue_name": "unknown"},
        {"queue_name": "Not A Name", "backend": "patient"},
        {"priority": 101},
        {"run_after": datetime(2026, 1, 1)},
    ],
    ids=str,
)
def test_a_task_that_cannot_be_run_is_refused_when_it_is_made(terms):
    with pytest.raises(InvalidTask):
        samples.add.using(**terms)


def test_policies_that_cannot_be_are_refused_when_the_task_is_made():
    with pytest.raises(InvalidTask, match="max_attempts must be"):
        tasks.task(max_attempts=0)(samples.add.func)
    with pytest.raises(ImproperlyConfigured, match="did you mean max_attempts"):
        CronmgmtBackend("x", {"OPTIONS": {"max_attempt": 3}})


@pytest.mark.parametrize("wrong", [object(), {1, 2}, datetime(2026, 1, 1, tzinfo=UTC)])
def test_arguments_that_are_not_json_queue_nothing(wrong):
    with pytest.raises(TypeError):
        samples.add.enqueue(wrong)

    assert not JobRun.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_task_that_is_rolled_back_was_never_enqueued_nor_its_path_taken_for_written():
    with pytest.raises(RuntimeError), transaction.atomic():
        samples.add.enqueue(1)
        raise RuntimeError("changed my mind")

    assert not JobRun.objects.exists()
    samples.add.enqueue(1)
    assert ImportedHandler.objects.get().path == "tests.tasks.samples:add"


def test_policies_come_from_the_task_or_its_backend():
    samples.persist.enqueue()
    samples.stumble.enqueue(1)

    own, common = JobRun.objects.order_by("id")
    assert (own.max_attempts, own.timeout) == (5, timedelta(minutes=2))
    assert own.retry_on == ["OSError"]
    assert (common.max_attempts, common.backoff) == (3, timedelta(seconds=1))


@pytest.mark.skipif(VERSION[:2] == (6, 0), reason="Django 6.0's takes no policies")
def test_the_frameworks_own_decorator_takes_policies_too():
    made = samples.task(max_attempts=7)(samples.add.func)

    made.enqueue(1)

    assert JobRun.objects.get().max_attempts == 7


@pytest.mark.parametrize(
    "words",
    [
        {"attempts": 3},
        {"max_attempts": 3, "backend": "other"},
    ],
    ids=str,
)
def test_a_policy_that_its_backend_has_not_is_refused(words):
    with pytest.raises(TypeError, match="attempts"):
        tasks.task(**words)(samples.add.func)


def test_it_can_be_awaited():
    async def view():
        result = await samples.add.aenqueue(1)
        return await samples.add.aget_result(result.id)

    assert async_to_sync(view)().status == TaskResultStatus.READY


def test_a_worker_that_has_not_imported_the_task_finds_it(monkeypatch):
    samples.add.enqueue(1)
    monkeypatch.setattr(registry, "_handlers", {})

    (run,) = run_queued()

    assert (run.status, run.result) == (Status.SUCCEEDED, 2)


def test_tasks_whose_names_differ_in_capitals_are_two():
    samples.Shout.enqueue("hey")
    samples.shout.enqueue("hey")

    assert [run.result for run in run_queued()] == ["HEY", "hey!"]
