"""Secrets are masked in whatever is stored of a run."""

from __future__ import annotations

import time
import urllib.error
import urllib.request

import pytest
from django.test import override_settings

from cronmgmt.engine.outcomes import raised, redacted, succeeded
from cronmgmt.engine.output import Output
from cronmgmt.parameters import Secret, secret_values
from cronmgmt.telemetry.redaction import MASK, Redactor, looks_secret


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://app:hunter2@db.example/app is down",
        "redis://:hunter2@127.0.0.1:6379/0",
        "connect(host=db, password=hunter2, port=5432)",
        "connection failed: host=db password='hunter2' user=app",
        '{"password": "hunter2", "user": "app"}',
        "{'api_key': 'hunter2'}",
        "GET /x?token=hunter2&page=2",
        "X-Cron-Secret: hunter2",
        "Authorization: Bearer hunter2hunter2",
        "DB_PASSWORD=hunter2",
    ],
)
def test_what_looks_like_a_secret_is_masked(text):
    redacted_text = Redactor().text(text)

    assert "hunter2" not in redacted_text
    assert MASK in redacted_text


@pytest.mark.parametrize(
    "text",
    [
        "ValueError: 12 members could not be read",
        "the password is wrong",
        "https://example.com/a/b?page=2",
        "token expired",
    ],
)
def test_ordinary_text_stays_as_it_is(text):
    assert Redactor().text(text) == text


@override_settings(MAIL={"TOKEN": "abc-123-def"}, SERVICE_DSN="mysql://u:pw-9876@h/d")
def test_values_of_secret_settings_are_masked_wherever_they_stand():
    text = Redactor().text("login failed for abc-123-def, then for pw-9876")

    assert text == f"login failed for {MASK}, then for {MASK}"


def test_values_of_secret_environment_variables_are_masked(monkeypatch):
    monkeypatch.setenv("INTERCOM_TOKEN", "tok_4711")
    with override_settings(ANYTHING=1):  # A setting changes: they are read anew.
        assert Redactor().text("sent tok_4711") == f"sent {MASK}"


@pytest.mark.parametrize(
    "name", ["DB_PASSWORD", "SECRET_KEY", "API_KEY", "token", "PGPASSWORD"]
)
def test_names_that_look_secret(name):
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name", ["AUTH_PASSWORD_VALIDATORS", "CSRF_COOKIE_NAME", "KEYBOARD", "PASSENGERS"]
)
def test_names_that_only_sound_like_it(name):
    assert not looks_secret(name)


@override_settings(CRONMGMT={"REDACT": [r"\b\d{4}-\d{4}\b"]})
def test_the_sites_own_patterns_are_masked():
    assert Redactor().text("card 1234-5678") == f"card {MASK}"


def test_a_result_is_masked_by_key_and_by_text():
    result = {"password": "x9x9", "urls": ["https://u:pw12@h/"], "count": 3}

    assert Redactor().json(result) == {
        "password": MASK,
        "urls": [f"https://u:{MASK}@h/"],
        "count": 3,
    }


def test_a_handlers_secret_is_masked_in_its_own_output(monkeypatch):
    def push(run, token: Secret[str]):
        """Take a secret."""

    monkeypatch.setenv("PUSH_TOKEN", "zz-top-zz")
    output = Output()
    output.trust(Redactor(secret_values(push, {"token": "env:PUSH_TOKEN"})))

    output.write("sending with zz-top-zz\n")

    assert output.take(last=True) == f"sending with {MASK}\n"


def test_a_secret_written_in_two_pieces_is_masked_as_one():
    output = Output()

    output.write("first line\npassword=hun")
    first = output.take()
    output.write("ter2\n")

    assert first == "first line\n"
    assert output.take() == f"password={MASK}\n"


def outcome_of(work):
    try:
        outcome = succeeded(work())
    except Exception as error:
        outcome = raised(error, None)
    return redacted(outcome, Redactor())


def test_the_error_of_a_real_postgresql_driver_holds_no_password():
    psycopg = pytest.importorskip("psycopg")

    outcome = outcome_of(
        lambda: psycopg.connect("postgresql://app:hunter2@127.0.0.1:1/app")
    )

    assert outcome.error_class == "psycopg.OperationalError"
    assert "hunter2" not in f"{outcome.error_message}{outcome.traceback}"


def test_the_error_of_a_real_http_client_holds_no_password():
    def fetch():
        password = "hunter2"
        url = f"http://app:{password}@127.0.0.1:1/"
        try:
            urllib.request.urlopen(url, timeout=2)
        except (urllib.error.URLError, ValueError, OSError) as error:
            raise RuntimeError(f"Could not read {url}") from error

    outcome = outcome_of(fetch)

    assert outcome.error_message == f"Could not read http://app:{MASK}@127.0.0.1:1/"
    assert "hunter2@" not in outcome.traceback


@pytest.mark.parametrize(
    "piece",
    ["a-", "api-", "-_", "eyJ.", "a+", "a://b:", "secret ", 'token="', "Basic "],
)
def test_a_long_line_is_searched_in_no_time(piece):
    began = time.process_time()

    Redactor().text(piece * 20_000)

    assert time.process_time() - began < 2


def test_the_error_of_a_real_mariadb_driver_holds_no_password():
    driver = pytest.importorskip("MySQLdb")
    password = "hunter2"

    def connect():
        settings = {"host": "127.0.0.1", "port": 1, "user": "app"}
        try:
            driver.connect(**settings, password=password)
        except driver.Error as error:
            raise RuntimeError(
                f"{settings | {'password': password}}: {error}"
            ) from error

    outcome = outcome_of(connect)

    assert outcome.error_class == "RuntimeError"
    assert "Can't connect" in outcome.error_message
    assert "hunter2'" not in f"{outcome.error_message}{outcome.traceback}"
