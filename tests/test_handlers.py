"""The handlers that come with the package."""

from __future__ import annotations

import pytest
from django.test import override_settings

from cronmgmt import registry
from cronmgmt.engine.actions import CODE
from cronmgmt.engine.foreground import run_here
from cronmgmt.models import ScheduledJob, Status
from cronmgmt.queries import log_text
from tests.web_server import says, serving

LOOPBACK = {"HTTP_HOSTS": ["127.0.0.1"], "HTTP_PRIVATE_HOSTS": ["127.0.0.1"]}

pytestmark = pytest.mark.django_db(transaction=True)


def run(handler, **params):
    ScheduledJob(
        name="it", handler=handler, params=params, schedule_kind="manual"
    ).save()
    return run_here("it", CODE)


@override_settings(CRONMGMT={"COMMANDS": ["check"]})
def test_an_allowed_command_runs_and_its_output_is_the_log():
    done = run("cronmgmt:command", command="check")

    assert done.status == Status.SUCCEEDED
    assert "System check identified no issues" in log_text(done)


def test_a_command_that_is_not_allowed_fails_with_what_to_do():
    done = run("cronmgmt:command", command="flush", arguments=["--noinput"])

    assert done.status == Status.FAILED
    assert "CRONMGMT['COMMANDS']" in done.error_message


@override_settings(CRONMGMT={"COMMANDS": ["migrate"]})
def test_a_commands_error_fails_the_run():
    done = run("cronmgmt:command", command="migrate", arguments=["nothing"])

    assert done.status == Status.FAILED
    assert done.error_class.endswith("CommandError")


@override_settings(CRONMGMT=LOOPBACK)
def test_a_request_keeps_status_and_body_on_record():
    with serving({"/hook": says(200, "pong")}) as server:
        done = run(
            "cronmgmt:http", url=f"{server.url}/hook", method="POST", body="ping"
        )

    assert done.status == Status.SUCCEEDED
    assert done.result["status"] == 200
    assert done.result["body"] == "pong"
    assert server.seen[0][3] == "ping"


@override_settings(CRONMGMT=LOOPBACK)
def test_a_token_is_sent_and_stays_out_of_everything_stored(monkeypatch):
    monkeypatch.setenv("HOOK_TOKEN", "tok-4711-x")
    echo = says(200, "you sent Bearer tok-4711-x")
    with serving({"/": echo}) as server:
        done = run("cronmgmt:http", url=f"{server.url}/", token="env:HOOK_TOKEN")

    assert server.seen[0][2]["Authorization"] == "Bearer tok-4711-x"
    assert "tok-4711-x" not in f"{done.params}{done.result}{log_text(done)}"


@override_settings(CRONMGMT=LOOPBACK)
def test_a_secret_in_a_plain_header_is_refused():
    done = run(
        "cronmgmt:http", url="http://127.0.0.1/", headers={"X-Api-Key": "hunter2"}
    )

    assert done.status == Status.FAILED
    assert "use token" in done.error_message


@override_settings(CRONMGMT=LOOPBACK)
@pytest.mark.parametrize(
    ("status", "error"),
    [(503, "RuntimeError"), (429, "RuntimeError"), (404, "NonRetryable")],
)
def test_only_a_status_that_may_pass_is_worth_another_attempt(status, error):
    with serving({"/": says(status, "no")}) as server:
        done = run("cronmgmt:http", url=f"{server.url}/")

    assert done.status == Status.FAILED
    assert done.error_class == error
    assert f"answered {status}: no" in done.error_message


@override_settings(CRONMGMT=LOOPBACK)
def test_a_status_that_was_expected_is_a_success():
    with serving({"/": says(404)}) as server:
        done = run("cronmgmt:http", url=f"{server.url}/", expect=[404])

    assert done.status == Status.SUCCEEDED


def test_a_host_that_is_not_allowed_fails_for_good():
    done = run("cronmgmt:http", url="http://169.254.169.254/latest/")

    assert done.error_class == "NonRetryable"


def test_housekeeping_says_what_it_did():
    assert run("cronmgmt:prune").result == {"deleted": 0}


def test_processing_what_waits_names_the_queues():
    assert run("cronmgmt:process-pending").result == {"queues": []}


def test_the_built_in_handlers_can_be_chosen_for_a_job():
    names = registry.handler_names()

    assert {"cronmgmt:command", "cronmgmt:http", "cronmgmt:prune"} <= set(names)
