"""What became of a run is told in the words of the framework."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt import cancel_run
from cronmgmt.errors import NonRetryable, RunCancelled
from cronmgmt.models import JobRun, Status
from cronmgmt.tasks.library import TaskResultStatus, task_finished, task_started
from cronmgmt.testing import run_queued, run_until
from tests.tasks import samples

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (Status.QUEUED, TaskResultStatus.READY),
        (Status.WAITING, TaskResultStatus.READY),
        (Status.CLAIMED, TaskResultStatus.READY),
        (Status.RUNNING, TaskResultStatus.RUNNING),
        (Status.SUCCEEDED, TaskResultStatus.SUCCESSFUL),
        (Status.FAILED, TaskResultStatus.FAILED),
        (Status.TIMED_OUT, TaskResultStatus.FAILED),
        (Status.LOST, TaskResultStatus.FAILED),
        (Status.CANCELLED, TaskResultStatus.FAILED),
        (Status.SKIPPED, TaskResultStatus.FAILED),
        (Status.MISSED, TaskResultStatus.FAILED),
    ],
)
def test_every_status_has_its_word(status, told):
    result = samples.add.enqueue(1)
    JobRun.objects.update(status=status)

    result.refresh()

    assert result.status == told


def test_each_attempt_has_its_error_and_its_worker(clock):
    result = samples.stumble.enqueue(7)

    run_queued()
    result.refresh()
    assert result.status == TaskResultStatus.READY
    assert [error.exception_class for error in result.errors] == [ValueError]

    run_until(clock.time + timedelta(minutes=1))
    result.refresh()
    assert result.status == TaskResultStatus.FAILED
    assert [error.exception_class for error in result.errors] == [ValueError] * 3
    assert result.attempts == len(result.worker_ids) == 3
    assert result.errors[0].traceback.splitlines()[-1] == "ValueError: no 7"
    assert result.started_at < result.last_attempted_at
    with pytest.raises(ValueError, match="failed"):
        assert result.return_value


def test_the_traceback_begins_in_the_task():
    result = samples.stumble.enqueue(7)
    run_queued()

    result.refresh()

    assert "in stumble" in result.errors[0].traceback.splitlines()[1]


def test_an_error_of_ours_can_be_imported_too():
    result = samples.give_up.enqueue()
    run_queued()

    result.refresh()

    assert result.errors[0].exception_class is NonRetryable


def test_a_cancelled_task_has_failed_and_says_why():
    result = samples.add.enqueue(1)
    cancel_run(result.id, "too early")

    result.refresh()

    assert result.status == TaskResultStatus.FAILED
    assert result.errors[0].exception_class is RunCancelled
    assert "too early" in result.errors[0].traceback


def test_a_task_that_takes_the_context_sees_its_attempt():
    result = samples.tell.enqueue("here")

    run_queued()

    result.refresh()
    assert result.return_value == [
        *("here", 1, TaskResultStatus.RUNNING, result.id, ["here"])
    ]


@pytest.mark.django_db(transaction=True)
def test_the_signals_of_the_framework_are_sent():
    heard = []

    def hear(signal, task_result, **kwargs):
        heard.append((task_result.status, task_result.task.name))

    for signal in (task_started, task_finished):
        signal.connect(hear)
    samples.add.enqueue(1)
    run_queued()
    for signal in (task_started, task_finished):
        signal.disconnect(hear)

    assert heard == [
        (TaskResultStatus.RUNNING, "add"),
        (TaskResultStatus.SUCCESSFUL, "add"),
    ]
