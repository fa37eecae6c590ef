"""What cannot be used, or may not be asked, is answered with why."""

from __future__ import annotations

import json

import pytest
from django.core.checks import run_checks
from django.db import OperationalError
from django.test import Client

from cronmgmt import queries
from cronmgmt.models import Activity, ScheduledJob

BODY = {"jobName": "j", "cronExpression": "* * * * *", "handler": "t:limited"}


def is_a_problem(answer, status):
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert answer.status_code == told["status"] == status
    assert told["type"] == "about:blank"
    return told["detail"]


WRONG = {
    "missing": ({}, "jobName: This field is required."),
    "unknown field": ({**BODY, "jobname": "x"}, "Unknown: jobname"),
    "number for a name": ({**BODY, "jobName": 5}, "jobName: A name has only"),
    "capitals": ({**BODY, "jobName": "Nightly"}, "jobName: A name has only"),
    "newline": ({**BODY, "jobName": "a\n"}, "jobName: A name has only"),
    "long": ({**BODY, "jobName": "a" * 101}, "jobName: Ensure this"),
    "list for text": ({**BODY, "cronExpression": ["*"]}, "cronExpression: Not a"),
    "no cron": ({**BODY, "cronExpression": "every day"}, "five fields"),
    "no zone": ({**BODY, "timezone": "Mars/Olympus"}, "timezone"),
    "no handler": ({**BODY, "handler": "os.system"}, "os.system"),
    "list for params": ({**BODY, "params": [1]}, "params: Expected a dictionary"),
    "wrong params": ({**BODY, "params": {"limit": "x"}}, "limit"),
    "unknown params": ({**BODY, "params": {"x": 1}}, "no parameter 'x'"),
}


@pytest.mark.parametrize(("body", "why"), WRONG.values(), ids=WRONG)
def test_a_wrong_registration_is_refused_with_why(alice, body, why):
    detail = is_a_problem(alice("POST", "jobs", body), 400)

    assert why in detail
    assert not ScheduledJob.objects.exists()


DEEP = b'{"params": ' + b"[" * 50 + b"]" * 50 + b"}"
RAW = {
    "not JSON": (b"{", 400, "not JSON"),
    "a list": (b"[]", 400, "must be a JSON object"),
    "bad UTF-8": (b'{"a": "\xff"}', 400, "not UTF-8"),
    "deep": (DEEP, 400, "levels deep"),
    "very deep": (b'{"a":' * 100_000, 400, "levels deep"),
    "huge": (b" " * 1_000_001, 413, "bytes at most"),
    "NaN": (b'{"params": {"a": NaN}}', 400, "NaN is no JSON"),
    "infinite": (b'{"params": {"a": 1e999}}', 400, "too large"),
    "a long number": (b'{"params": {"a": 9223372036854775808}}', 400, "too large"),
    "twice": (b'{"a": 1, "a": 2}', 400, "twice"),
    "NUL": (b'{"a": "\\u0000"}', 400, "NUL"),
    "surrogate": (b'{"\\ud800": 1}', 400, "half of a pair"),
}


@pytest.mark.parametrize("path", ["jobs", "jobs/job/trigger"])
@pytest.mark.parametrize(("raw", "status", "why"), RAW.values(), ids=RAW)
def test_a_body_that_cannot_be_read_is_refused_with_why(
    alice, make_job, path, raw, status, why
):
    make_job()

    assert why in is_a_problem(alice("POST", path, raw=raw), status)


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"]
)
def test_what_is_not_said_to_be_json_is_refused(alice, kind):
    answer = alice("POST", "jobs", BODY, kind=kind)

    assert "media type" in is_a_problem(answer, 415)


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("limit=0", "limit is from 1"),
        ("limit=501", "limit is from 1"),
        ("limit=x", "not a number"),
        ("limit=²", "not a number"),
        ("cursor=%00", "NUL"),
        ("q=x", "Unknown: q"),
        ("limit=", "Empty: limit"),
    ],
)
def test_a_wrong_question_is_refused_with_why(bob, question, why):
    assert why in is_a_problem(bob("GET", f"jobs?{question}"), 400)


@pytest.mark.parametrize(
    "path", ["jobs/none/last-result", "jobs/%00/last-result", "jobs/Ä/last-result"]
)
def test_what_is_not_there_is_a_problem(alice, path):
    assert "There is no job" in is_a_problem(alice("GET", path), 404)


def test_a_wrong_address_or_method_is_a_problem(alice, anonymous):
    is_a_problem(alice("GET", "jabs"), 404)
    is_a_problem(anonymous("GET", "jabs"), 401)
    answer = alice("PUT", "jobs")
    is_a_problem(answer, 405)
    assert "POST" in answer["Allow"]


def test_who_is_not_known_is_told_so(anonymous):
    answer = anonymous("GET", "jobs")

    is_a_problem(answer, 401)
    assert answer["WWW-Authenticate"] == 'Bearer realm="cronmgmt"'


def test_a_session_needs_a_token_to_change_something(make_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("eve", "add_scheduledjob"))

    answer = client.post(
        "/api/v1/scheduler/jobs", json.dumps(BODY), content_type="application/json"
    )

    assert "CSRF" in is_a_problem(answer, 403)
    assert not ScheduledJob.objects.exists()


def test_who_may_not_register_learns_nothing_and_is_on_record(bob, charlie):
    told = {
        is_a_problem(program("POST", "jobs", {**BODY, "handler": handler}), 403)
        for program in (bob, charlie)
        for handler in ("t:limited", 5)
    }

    assert told == {"You may not register a job."}
    assert Activity.objects.filter(allowed=False, source="api").count() == 4


def test_a_refused_trigger_is_on_record_whatever_was_sent(bob, make_job):
    make_job()

    is_a_problem(bob("POST", "jobs/job/trigger", raw=b"{"), 403)

    assert Activity.objects.get().action == "trigger"


def test_a_database_that_is_away_is_no_fault_of_theirs(alice, monkeypatch):
    def away(*args, **options):
        raise OperationalError("postgresql://user:password@host is away")

    monkeypatch.setattr(queries, "jobs", away)

    detail = is_a_problem(alice("GET", "jobs"), 503)

    assert "password" not in detail


def test_who_asks_too_often_is_told_to_wait(bob, settings):
    settings.CRONMGMT = {"API_RATE": "2/minute"}
    answers = [bob("GET", "jobs") for _ in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    is_a_problem(answers[2], 429)
    assert 0 < int(answers[2]["Retry-After"]) <= 61


def test_without_a_rate_nobody_waits(bob, settings):
    settings.CRONMGMT = {"API_RATE": ""}

    assert {bob("GET", "jobs").status_code for _ in range(3)} == {200}


def test_nothing_told_is_kept_by_a_cache(bob):
    assert "no-store" in bob("GET", "jobs")["Cache-Control"]


def test_a_site_that_asks_everybody_to_log_in_answers_programs(anonymous, settings):
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]

    is_a_problem(anonymous("GET", "jobs"), 401)


@pytest.mark.parametrize("rate", ["many", "10", "10/week", "0/second", "-1/day"])
def test_a_rate_that_is_none_is_an_error_of_the_check(settings, rate):
    settings.CRONMGMT = {"API_RATE": rate}

    assert "cronmgmt.E013" in {message.id for message in run_checks()}


@pytest.mark.parametrize("rate", ["", "10/second", "600/minute", "1/day"])
def test_a_right_rate_is_none(settings, rate):
    settings.CRONMGMT = {"API_RATE": rate}

    assert "cronmgmt.E013" not in {message.id for message in run_checks()}
