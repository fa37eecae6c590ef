"""Which parts are proven, told from the reports of several runs."""

from __future__ import annotations

import os

import pytest

from tests.tooling.parts import (
    Part,
    Proof,
    fresh_reports,
    merge,
    missing_rows,
    print_table,
    prove,
    read_table,
)

DONE = Part("Runs once", claimed=True)
OPEN = Part("Looks nice", claimed=False)


def outcome(result, *parts, reason=""):
    return {"outcome": result, "reason": reason, "parts": list(parts), "tries": 1}


def test_a_test_that_fails_on_one_database_fails():
    merged = merge([{"a": outcome("passed")}, {"a": outcome("failed")}])

    assert merged["a"]["outcome"] == "failed"


def test_a_test_that_only_one_database_can_run_counts():
    merged = merge([{"a": outcome("passed", "4.1")}, {"a": outcome("skipped", "4.1")}])

    assert prove({"4.1": DONE}, merged) == {"4.1": Proof(passed=1)}


def test_runs_of_different_tests_add_up():
    merged = merge([{"a": outcome("passed", "4.1")}, {"b": outcome("failed", "4.1")}])

    assert prove({"4.1": DONE}, merged) == {"4.1": Proof(passed=1, failed=1)}


@pytest.mark.parametrize(
    ("part", "proof", "lacking"),
    [
        (DONE, Proof(passed=1), []),
        (DONE, Proof(), ["4.1"]),
        (DONE, Proof(passed=9, failed=1), ["4.1"]),
        (OPEN, Proof(), []),
        (OPEN, Proof(failed=1), ["4.1"]),
    ],
)
def test_a_claim_wants_a_passing_test_and_no_failing_one(part, proof, lacking):
    assert print_table({"4.1": part}, {"4.1": proof}) == lacking


def test_the_table_has_every_required_row():
    assert missing_rows(read_table()) == []


def test_a_required_row_that_the_table_lacks_is_named(tmp_path):
    requirements = tmp_path / "SPEC.md"
    requirements.write_text("| # | part |\n|---|---|\n| 1.1 | A |\n| 1.2 | B |\n")

    assert missing_rows({"1.1"}, requirements) == ["1.2"]


def test_a_clone_without_the_requirements_lacks_nothing(tmp_path):
    assert missing_rows({}, tmp_path / "SPEC.md") == []


def test_a_report_older_than_the_sources_is_not_used(tmp_path):
    (tmp_path / "tests").mkdir()
    for name, when in {"old.json": 1, "tests/test_x.py": 2, "new.json": 3}.items():
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (when, when))
    (tmp_path / "pyproject.toml").touch()
    os.utime(tmp_path / "pyproject.toml", (0, 0))

    assert fresh_reports(tmp_path, tmp_path) == [tmp_path / "new.json"]
