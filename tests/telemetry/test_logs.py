"""A line for a run's start, its completion and each failure, as JSON if wanted."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from django.test import override_settings

from cronmgmt import registry
from cronmgmt.engine.actions import CODE
from cronmgmt.engine.foreground import run_here
from cronmgmt.models import ScheduledJob
from cronmgmt.telemetry.logs import JsonFormatter

pytestmark = pytest.mark.django_db(transaction=True)


def copy(run):
    """Copy three rows."""
    run.progress(3, 3)


def stumble(run):
    """Fail after two rows."""
    run.progress(2, 3)
    raise ValueError("row 3 is broken")


@pytest.fixture
def lines(caplog):
    """Run a handler and return the JSON lines that were logged."""

    def run(function):
        registry.add_handler("t:logged", function)
        ScheduledJob(name="t:logged", handler="t:logged", schedule_kind="manual").save()
        caplog.clear()
        with caplog.at_level(logging.INFO, logger="cronmgmt.runs"):
            run_here("t:logged", CODE)
        records = [r for r in caplog.records if r.name == "cronmgmt.runs"]
        return [json.loads(JsonFormatter().format(record)) for record in records]

    yield run
    registry.forget("t:logged")


@pytest.mark.part("0.8")
def test_a_success_logs_its_start_and_its_completion(lines):
    started, completed = lines(copy)

    assert started["message"] == "Cron job started: t:logged"
    assert completed["message"] == "Cron job completed: t:logged"
    assert (started["level"], completed["level"]) == ("info", "info")
    assert completed["service"] == "cronmgmt"
    assert started["timestamp"].endswith("+00:00")


@pytest.mark.part("0.8")
def test_the_context_tells_which_run_it_was(lines):
    started, completed = lines(copy)

    context = completed["context"]
    assert context["job"] == context["jobName"] == "t:logged"
    assert context["executionId"] == started["context"]["executionId"]
    assert context["instanceId"]
    assert context["actualStartTime"]
    assert context["status"] == "succeeded"
    assert context["itemsProcessed"] == 3
    assert context["duration"] >= 0


@pytest.mark.part("0.8")
def test_a_failure_logs_its_error_and_how_far_it_came(lines):
    _, failed = lines(stumble)

    assert failed["level"] == "error"
    assert failed["context"]["error"] == "row 3 is broken"
    assert failed["context"]["itemsProcessedBeforeFailure"] == 2
    assert "ValueError: row 3 is broken" in failed["context"]["stack"]


@override_settings(CRONMGMT={"SERVICE": "platform"})
def test_the_service_is_what_the_site_calls_it(lines):
    assert lines(copy)[0]["service"] == "platform"


def test_any_other_record_is_one_json_line_too():
    try:
        raise KeyError("x")
    except KeyError:
        record = logging.LogRecord(
            "host", logging.ERROR, "f", 1, "broken %s", ("pipe",), sys.exc_info()
        )

    line = json.loads(JsonFormatter().format(record))

    assert line["message"] == "broken pipe"
    assert "KeyError: 'x'" in line["exception"]
    assert "context" not in line
