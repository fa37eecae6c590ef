"""``audit``: a line a job, every box of one, and what a pipeline goes by."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.management.verbs.exits import Exit
from cronmgmt.queries.audit import BOXES

pytestmark = [pytest.mark.django_db, pytest.mark.part("4.13")]


@pytest.fixture
def two(make_job):
    tags = [f"audit:3.{box}" for box in ("1.7", "4.2", "4.3", "4.5", "4.6")]
    minute = timedelta(minutes=1)
    make_job("members", max_attempts=3, timeout=minute, purpose="To count.", tags=tags)
    make_job("reports", overlap="allow")


def test_each_job_has_a_line_and_the_site_its_open_boxes(shell, two):
    lines = shell("audit").out.splitlines()

    worst, better = lines[1].split(), lines[2].split()
    assert (worst[0], worst[2]) == ("D", "reports")
    assert (better[0], better[2]) == ("C", "members")
    assert "3.2.1 No run without its lock" in lines[1]
    assert any(line.startswith("The same for all jobs: ") for line in lines)
    assert any(line.startswith("FAIL   3.3.10") for line in lines)


def test_a_job_is_shown_with_every_box(shell, two):
    out = shell("audit", "members").out

    assert out.startswith("members: ")
    for box in BOXES:
        assert f" {box.id:7} {box.title}: " in out
    assert "3.4 Running twice" in out
    assert "by the job's tag audit:3." in out


def test_lines_fit_into_a_terminal(shell, two, monkeypatch):
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)

    lines = shell("audit", "members").out.splitlines()

    assert max(map(len, lines)) <= 110 and len(lines) > len(BOXES) + 20


def test_programs_are_told_what_is_open(shell, two):
    told = shell("audit", "--json").json

    job, other = told["jobs"]
    assert (job["name"], job["grade"], other["name"]) == ("reports", "D", "members")
    assert sum(job["counts"].values()) == len(BOXES)
    assert job["open"][0] == {
        "id": "3.2.1",
        "title": "No run without its lock",
        "who": "job",
        "weight": 3,
        "verdict": "fail",
        "sentence": (
            "Its runs go side by side without a lock: set overlap, lock_key or "
            "concurrency."
        ),
    }
    assert {box["who"] for box in told["site"]["boxes"]} == {"engine", "site"}


def test_programs_are_told_every_box_of_a_job(shell, two):
    told = shell("audit", "members", "--json").json

    (job,) = told["jobs"]
    assert [box["id"] for box in job["boxes"]] == [box.id for box in BOXES]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ([], Exit.DONE),
        (["--min-grade", "D"], Exit.DONE),
        (["--min-grade", "c"], Exit.DIFFERS),
        (["members", "--min-grade", "C"], Exit.DONE),
        (["--min-grade", "C", "--json"], Exit.DIFFERS),
        (["nobody"], Exit.FAILED),
        (["--min-grade", "E"], Exit.USAGE),
    ],
)
def test_a_grade_that_is_too_low_fails_a_pipeline(shell, two, words, status):
    answer = shell("audit", *words)

    assert answer.status == status
    if status == Exit.DIFFERS:
        assert "Below C: reports." in answer.err and answer.out


def test_a_name_typed_wrongly_is_put_right(shell, two):
    answer = shell("audit", "members", "reprots")

    assert "no job 'reprots'. Did you mean reports?" in answer.err


def test_a_site_without_jobs_has_nothing_below_a_grade(shell):
    assert shell("audit", "--min-grade", "A").status == Exit.DONE
