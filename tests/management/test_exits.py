"""Exit statuses: the table in the docs is the one that shells see."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cronmgmt.management.verbs.exits import Exit

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "commands.md"


def test_the_docs_list_every_exit_status_and_no_other():
    listed = re.findall(r"^\| (\d+) \|", DOCS.read_text(), re.M)

    assert [int(status) for status in listed] == sorted(Exit)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["list"], Exit.DONE),
        (["trigger", "nobody"], Exit.FAILED),
        (["run", "nobody"], Exit.FAILED),
        (["why", "nobody"], Exit.FAILED),
        (["retry", "not-an-id"], Exit.FAILED),
        (["enable"], Exit.FAILED),
        (["dance"], Exit.USAGE),
        ([], Exit.USAGE),
        (["run"], Exit.USAGE),
        (["run", "x", "--target", ""], Exit.USAGE),
        (["trigger", "x", "--agency="], Exit.USAGE),
        (["disable", "x", "--until", "soon"], Exit.USAGE),
        (["trigger", "x", "--params", "{"], Exit.USAGE),
        (["backfill", "x", "--from", "2026-01-01"], Exit.USAGE),
        (["backfill", "x", "--from", "then", "--to", "now"], Exit.USAGE),
        (["list", "--status", "fine"], Exit.USAGE),
    ],
)
def test_the_exit_status_says_how_it_ended(shell, words, status):
    answer = shell(*words)

    assert answer.status == status
    assert bool(answer.err) == (status != Exit.DONE)


@pytest.mark.once
def test_who_has_read_enough_sees_no_traceback():
    """As ``| head`` does."""
    reader, writer = os.pipe()
    os.close(reader)

    done = subprocess.run(
        [sys.executable, "-m", "django", "cronmgmt", "doctor"],
        cwd=ROOT,
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
    )

    os.close(writer)
    assert (done.returncode, done.stderr) == (128 + 13, b"")


@pytest.mark.part("0.9")
def test_a_failed_run_in_the_foreground_fails_the_command(shell, make_job):
    make_job(handler="t:fail")

    answer = shell("run", "job")

    assert answer.status == Exit.FAILED
    assert "job failed: RuntimeError: the source is away" in answer.err


@pytest.mark.part("0.9")
def test_with_json_it_fails_too_and_still_says_how(shell, make_job):
    make_job(handler="t:fail")

    answer = shell("run", "job", "--json")

    assert (answer.status, answer.json["status"]) == (Exit.FAILED, "failed")
