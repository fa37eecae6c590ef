"""Any Task can be what a job runs, with the parameters and types that it names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cronmgmt import job, register_job, registry, trigger_job
from cronmgmt.engine.declaring import apply_declarations
from cronmgmt.engine.resolving import resolve
from cronmgmt.errors import InvalidParameters
from cronmgmt.models import ImportedHandler, JobRun, Status
from cronmgmt.testing import run_due, run_handler, run_queued
from tests.tasks import samples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _registry_as_before(monkeypatch):
    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))
    monkeypatch.setattr(registry, "_declarations", {})


def test_a_task_can_be_declared_as_a_job_and_stays_a_task():
    declared = job("report", cron="0 6 * * *", params={"day": "2026-03-01"})(
        samples.report
    )
    apply_declarations()

    (run,) = run_due(datetime(2026, 3, 2, 6, tzinfo=UTC))

    assert declared is samples.report
    assert run.result == ["2026-03-01", "date", 10]


def test_its_parameters_are_checked_by_their_types():
    job("report", params={"day": "2026-03-01"})(samples.report)
    apply_declarations()

    with pytest.raises(InvalidParameters, match="'limit'"):
        trigger_job("report", {"day": "2026-03-01", "limit": "many"})


def test_a_task_can_be_registered_at_run_time_and_found_by_a_worker():
    register_job("report", "0 6 * * *", samples.report, params={"day": "2026-03-01"})
    name = ImportedHandler.objects.get().name
    registry.forget(name)  # As in a process of its own.

    assert resolve(name).function.__name__ == "report"
    trigger_job("report")
    assert run_queued()[0].result == ["2026-03-01", "date", 10]


def test_a_task_of_another_backend_can_be_a_job_too():
    job("elsewhere", params={"word": "here"})(samples.elsewhere)

    assert run_handler("elsewhere", {"word": "here"}).result == "here"


def test_a_coroutine_that_takes_the_context_can_be_a_job(monkeypatch):
    job("tell")(samples.tell)
    job("multiply")(samples.multiply)

    told = run_handler("tell", {"word": "hey"})
    product = run_handler("multiply", {"first": 6, "second": 7})

    assert told.result[:3] == ["hey", 1, "RUNNING"]
    assert (product.status, product.result) == (Status.SUCCEEDED, 42)
    assert JobRun.objects.count() == 2
