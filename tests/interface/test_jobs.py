"""What application code calls, from Python and at run time."""

from __future__ import annotations

import importlib
from datetime import date, timedelta
from functools import partial
from uuid import UUID

import pytest
from django.db import transaction

import cronmgmt
from cronmgmt import (
    cancel_job,
    cancel_run,
    get_job_status,
    get_last_execution_result,
    list_scheduled_jobs,
    register_job,
    registry,
    trigger_job,
)
from cronmgmt.engine.actions import CODE
from cronmgmt.engine.declaring import apply_declarations
from cronmgmt.engine.foreground import run_here
from cronmgmt.engine.resolving import resolve
from cronmgmt.errors import (
    Blocked,
    HandlerRefused,
    InvalidJob,
    InvalidSchedule,
    Refused,
    UnknownJob,
)
from cronmgmt.models import Activity, ImportedHandler, JobRun, ScheduledJob, Status

pytestmark = pytest.mark.django_db


def count(run, limit: int = 3):
    """Count to the limit."""
    return {"counted": limit}


def stumble(run):
    """Fail."""
    raise ValueError("no rows today")


class Service:
    def work(self, run):
        """Do nothing."""


@pytest.fixture(autouse=True)
def forget_what_is_registered():
    yield
    for name in (
        "tests.interface.test_jobs.count",
        "tests.interface.test_jobs.stumble",
    ):
        registry.forget(name)


@pytest.mark.part("0.6")
@pytest.mark.part("2.1")
def test_a_job_can_be_registered_triggered_and_asked_about(clock):
    register_job("report", "0 6 * * *", count, params={"limit": 5})

    execution_id = trigger_job("report")

    assert isinstance(execution_id, UUID)
    assert get_job_status("report")["nextRun"] == "2026-06-02T06:00:00+00:00"
    assert JobRun.objects.get(execution_id=execution_id).params == {"limit": 5}


@pytest.mark.part("0.6")
def test_the_status_of_all_jobs_has_the_documented_keys(clock):
    register_job("b", "0 6 * * *", count)
    register_job("a", None, count)

    a, b = list_scheduled_jobs()

    assert (a["name"], a["status"], a["nextRun"]) == ("a", "idle", None)
    assert b["name"] == "b"
    wanted = {"name", "status", "lastRun", "nextRun", "duration", "error"}
    assert wanted <= set(a)


@pytest.mark.part("2.1")
@pytest.mark.django_db(transaction=True)
def test_the_last_result_is_that_of_the_latest_run():
    register_job("good", None, count)
    register_job("bad", None, stumble)
    assert get_last_execution_result("good") is None

    run_here("good", CODE)
    run_here("bad", CODE)

    good, bad = get_last_execution_result("good"), get_last_execution_result("bad")
    assert (good["status"], good["error"], good["result"]) == (
        Status.SUCCEEDED,
        None,
        {"counted": 3},
    )
    assert good["duration"] >= 0
    assert (bad["status"], bad["error"]) == (Status.FAILED, "no rows today")
    assert get_job_status("bad")["status"] == "error"


@pytest.mark.part("2.1")
def test_a_cancelled_job_stays_away_over_deploys_until_registered_again(clock):
    register_job("report", "0 6 * * *", count)

    cancel_job("report")
    apply_declarations()

    assert list_scheduled_jobs() == []
    with pytest.raises(Refused, match="retired"):
        trigger_job("report")
    register_job("report", "0 7 * * *", count)
    assert get_job_status("report")["state"] == "on"


@pytest.mark.part("2.1")
@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        (lambda run: None, "lambda"),
        (partial(count, limit=1), "partial"),
        (Service().work, "bound method"),
        (Service, "type"),
    ],
    ids=["lambda", "partial", "method", "class"],
)
def test_what_a_worker_could_not_import_is_refused_with_the_reason(handler, reason):
    with pytest.raises(HandlerRefused, match=reason):
        register_job("report", "0 6 * * *", handler)


@pytest.mark.part("2.1")
def test_a_closure_is_refused_with_what_to_do():
    limit = 3

    def closure(run):
        return limit

    with pytest.raises(HandlerRefused, match="top of its module"):
        register_job("report", "0 6 * * *", closure)


@pytest.mark.part("2.5")
def test_a_function_registered_in_one_process_is_found_by_another(clock):
    register_job("report", "0 6 * * *", count)
    registry.forget("tests.interface.test_jobs.count")  # As in a process of its own.

    assert resolve("tests.interface.test_jobs.count").function is count


@pytest.mark.part("2.5")
def test_a_row_that_was_typed_by_hand_imports_nothing(clock):
    register_job("report", "0 6 * * *", count)
    registry.forget("tests.interface.test_jobs.count")
    ImportedHandler.objects.update(path="os:system")

    with pytest.raises(HandlerRefused, match="not signed"):
        resolve("tests.interface.test_jobs.count")


def test_a_wrong_schedule_is_refused_and_leaves_nothing():
    with pytest.raises(InvalidSchedule, match="hour"):
        register_job("report", "0 25 * * *", count)

    assert not ScheduledJob.objects.exists()


def test_an_unknown_job_is_told_apart_from_one_that_never_ran():
    for ask in (trigger_job, get_job_status, get_last_execution_result, cancel_job):
        with pytest.raises(UnknownJob, match="'ghost'"):
            ask("ghost")


def test_a_trigger_is_refused_while_a_run_is_unfinished(clock):
    register_job("report", None, count)
    first = trigger_job("report")

    with pytest.raises(Blocked) as blocked:
        trigger_job("report")

    assert blocked.value.execution_id == str(first)


def test_a_cancelled_run_makes_room_for_another(clock):
    register_job("report", None, count)

    run = cancel_run(trigger_job("report"), reason="too early")

    assert run.status == Status.CANCELLED
    assert "too early" in run.reason
    trigger_job("report")


@pytest.mark.django_db(transaction=True)
def test_a_trigger_that_is_rolled_back_never_happened():
    register_job("report", None, count)

    with pytest.raises(RuntimeError), transaction.atomic():
        trigger_job("report")
        raise RuntimeError("changed my mind")

    assert not JobRun.objects.exists()
    assert not Activity.objects.filter(action="trigger").exists()


def test_every_public_name_can_be_imported():
    for name in cronmgmt.__all__:
        assert getattr(importlib.import_module("cronmgmt"), name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        cronmgmt.nothing  # noqa: B018


@pytest.mark.parametrize(
    ("policies", "complaint"),
    [
        ({"timeout": 30}, "Job report: timeout: Give a duration"),
        ({"timeout": timedelta.max}, "at most a hundred years"),
        ({"jitter": timedelta.max}, "jitter"),
        ({"starts_at": "soon"}, "starts_at"),
        ({"ends_at": date(2026, 1, 1)}, "ends_at"),
        ({"queue": None}, "queue: Leave it out"),
        ({"title": None}, "title must be text; got None"),
        ({"description": b"x"}, "description must be text; got b'x'"),
        ({"overlap": "sometimes"}, "overlap"),
    ],
)
def test_a_policy_that_cannot_be_is_an_invalid_job_by_its_name(
    clock, policies, complaint
):
    with pytest.raises(InvalidJob, match=complaint):
        register_job("report", "0 6 * * *", count, **policies)

    assert not ScheduledJob.objects.exists()


@pytest.mark.parametrize("name", [None, 5, b"report", ["report"], "", "x" * 1_000])
@pytest.mark.parametrize("call", [trigger_job, cancel_job, get_job_status])
def test_what_is_no_name_is_no_job(clock, call, name):
    with pytest.raises(UnknownJob, match="There is no job") as refusal:
        call(name)

    assert len(str(refusal.value)) < 100


@pytest.mark.parametrize("name", [".", "..", "...", "a b", "Ä"])
def test_a_name_that_no_address_can_hold_is_refused(clock, name):
    with pytest.raises(InvalidJob, match="A name is made of"):
        register_job(name, "0 6 * * *", count)
