"""The report that pytest writes, seen from a run of pytest inside the test."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

TESTS = """
import pytest

pytestmark = pytest.mark.part("4.1")

@pytest.mark.part("4.5", "0.9")
def test_good():
    pass

def test_bad():
    assert False

def test_not_here():
    pytest.skip("no such server")

@pytest.fixture
def broken():
    yield
    raise RuntimeError

def test_with_a_broken_end(broken):
    pass
"""


ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(pytester, monkeypatch):
    """Run pytest in an empty folder with the plugin and nothing of this project."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def run(tests, *extra):
        pytester.makeini("[pytest]\nmarkers = part(number): a part")
        pytester.makepyfile(test_it=tests)
        options = [
            "-p",
            "no:django",
            "-p",
            "no:randomly",
            "-p",
            "tests.tooling.report",
            *extra,
        ]
        report = pytester.path / "reports" / "it.json"
        result = pytester.runpytest_subprocess(*options, "--parts-report", str(report))
        return result, json.loads(report.read_text()) if report.exists() else None

    return run


def test_every_outcome_is_written_with_its_parts(run):
    _, report = run(TESTS)

    outcomes = {test.split("::")[1]: found["outcome"] for test, found in report.items()}
    assert outcomes == {
        "test_good": "passed",
        "test_bad": "failed",
        "test_not_here": "skipped",
        "test_with_a_broken_end": "failed",
    }
    assert report["test_it.py::test_good"]["parts"] == ["0.9", "4.1", "4.5"]
    assert report["test_it.py::test_not_here"]["reason"] == "no such server"


def test_a_test_that_is_repeated_counts_its_tries(run):
    moody = "tries = []\n\ndef test_a():\n    tries.append(1)\n    assert tries[1:]"

    _, report = run(moody, "--reruns", "1")

    assert report["test_it.py::test_a"]["outcome"] == "passed"
    assert report["test_it.py::test_a"]["tries"] == 2


def test_a_part_that_the_table_does_not_have_is_an_error(run):
    result, _ = run('import pytest\n\n@pytest.mark.part("9.9")\ndef test_a(): pass')

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*test_a is marked for part '9.9'*"])


def test_a_test_that_is_interrupted_has_failed(run):
    _, report = run("def test_a(): raise KeyboardInterrupt\ndef test_b(): pass")

    assert list(report) == ["test_it.py::test_a"]
    assert report["test_it.py::test_a"]["outcome"] == "failed"
