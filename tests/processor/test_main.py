"""The client that a platform's cron runs: what it sends, prints and exits with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest

from cronmgmt.processor.__main__ import main
from tests.web_server import drips, says, serving

pytestmark = pytest.mark.part("1.2")

SECRET = "the-secret-of-the-tests"
PATH = "/api/jobs/process-pending"
ANSWER = json.dumps({"processed": 2, "failed": 1, "duration": 3420})


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch):
    for name in list(os.environ):
        if name.startswith("CRON_") or name == "BACKEND_URL":
            monkeypatch.delenv(name)


@pytest.fixture
def cron(monkeypatch, capsys):
    """Run the client; returns its exit status and what it printed."""

    def run(*words, **environ):
        for name, value in {"CRON_SECRET": SECRET, **environ}.items():
            monkeypatch.setenv(name, value)
        try:
            status = main(words)
        except SystemExit as end:
            status = end.code
        out = capsys.readouterr()
        assert SECRET not in out.out + out.err
        return status, out.out + out.err

    return run


@pytest.mark.parametrize("variable", ["CRON_URL", "BACKEND_URL"])
def test_it_posts_with_the_secret_and_prints_what_was_processed(cron, variable):
    with serving({PATH: says(200, ANSWER)}) as server:
        status, said = cron(**{variable: server.url})

    method, path, headers, body = server.seen[0]
    assert (status, said) == (0, "2 processed, 1 failed, in 3.4 s\n")
    assert (method, path, body) == ("POST", PATH, "")
    assert headers["X-Cron-Secret"] == SECRET


def test_it_may_be_told_the_whole_address_and_where_the_secret_is(cron, tmp_path):
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    with serving({"/site/tick": says(200, ANSWER)}) as server:
        words = ["--url", f"{server.url}/site/tick", "--secret-file", str(file)]
        status, _ = cron(*words, CRON_SECRET="")

    assert status == 0
    assert server.seen[0][2]["X-Cron-Secret"] == SECRET


@pytest.mark.parametrize("by", [["--strict"], []])
def test_failed_runs_are_a_failure_for_those_who_want_that(cron, by):
    with serving({PATH: says(200, ANSWER)}) as server:
        status, said = cron(*by, CRON_URL=server.url, CRON_STRICT="0" if by else "1")

    assert (status, said) == (3, "2 processed, 1 failed, in 3.4 s\n")


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (
            says(403, '{"error": "Forbidden"}'),
            "answered 403: Forbidden. Is CRON_SECRET",
        ),
        (says(404, "<html>"), "answered 404. Is that the address"),
        (says(503, '{"error": "It could not be done"}'), "could not be done"),
        (says(200, "<html>"), "no answer of a tick"),
        (says(200, '{"processed": 1}'), "no answer of a tick"),
        (says(200, "[]"), "no answer of a tick"),
        (says(204), "no answer of a tick"),
        (says(302, Location="/elsewhere"), "answered 302"),
        (says(307, Location="/elsewhere"), "answered 307"),
    ],
)
def test_it_fails_with_the_reason_when_the_site_does_not_do_it(cron, answer, complaint):
    with serving({PATH: answer, "/elsewhere": says(200, ANSWER)}) as server:
        status, said = cron(CRON_URL=server.url)

    assert status == 1
    assert complaint in said
    assert len(server.seen) == 1


def test_it_fails_when_nobody_is_there(cron):
    with serving({}) as server:
        url = server.url

    status, said = cron(CRON_URL=url)

    assert status == 1
    assert "refused" in said


def test_its_time_limit_is_for_all_of_it(cron):
    began = time.monotonic()
    with serving({PATH: drips}) as server:
        status, said = cron("--timeout", "0.3", CRON_URL=server.url)
        took = time.monotonic() - began

    assert (status, took < 5) == (1, True)
    assert "did not answer within 0.3 s" in said


@pytest.mark.parametrize(
    ("words", "environ", "complaint"),
    [
        ([], {}, "Say where the site is"),
        (["--url", "file:///etc/passwd"], {}, "Say where the site is"),
        (["--url", "http:///x"], {}, "Say where the site is"),
        (["--url", "http://[::1"], {}, "Say where the site is"),
        (["--url", "http://h"], {"CRON_SECRET": " "}, "Set the secret"),
        (["--url", "http://h"], {"CRON_SECRET": "é"}, "characters that no header"),
        (["--url", "http://h"], {"CRON_SECRET_FILE": "/nowhere"}, "cannot be read"),
        (["--timeout", "soon"], {}, "seconds above zero are wanted, not"),
        ([], {"CRON_TIMEOUT": "-1"}, "not '-1'"),
        (["--url", "http://h:x"], {}, "Say where the site is"),
        (["--secret", "seen-by-all"], {}, "unrecognized"),
    ],
)
def test_what_it_lacks_is_told(cron, words, environ, complaint):
    status, said = cron(*words, **environ)

    assert status == 2
    assert complaint in said


def test_a_password_in_the_address_is_not_printed(cron):
    with serving({}) as server:
        url = server.url.replace("//", "//user:hidden@")

    _, said = cron(CRON_URL=url)

    assert "hidden" not in said


def test_it_needs_no_django():
    code = (
        "import sys; sys.modules['django'] = None\n"
        "import cronmgmt.processor.__main__ as client; print(client.SECONDS)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("55.0\n", "")


def test_it_is_a_module_that_can_be_run():
    command = [sys.executable, "-m", "cronmgmt.processor", "--help"]

    done = subprocess.run(command, capture_output=True, text=True)

    assert done.returncode == 0
    assert "CRON_SECRET_FILE" in done.stdout
