"""pytest plugin: each test's outcome, and the parts it is marked for -> a JSON file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.tooling.parts import Outcome, read_table

# The phases of one test add up to the worst of them.
WORSE = ("passed", "skipped", "failed")

OUTCOMES = pytest.StashKey[dict[str, Outcome]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--parts-report", metavar="FILE", help="write outcomes and parts as JSON"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[OUTCOMES] = {}


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    table = read_table()
    for item in items:
        unknown = [part for part in parts_of(item) if part not in table]
        if unknown:
            raise pytest.UsageError(
                f"{item.nodeid} is marked for part {unknown[0]!r}, "
                "which tests/parts.toml does not have"
            )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report: pytest.TestReport = yield
    outcomes = item.config.stash[OUTCOMES]
    # Each try begins with its setup: what counts is the last one.
    if report.when == "setup" or item.nodeid not in outcomes:
        earlier = outcomes.get(item.nodeid)
        outcomes[item.nodeid] = {
            "outcome": "passed",
            "reason": "",
            "parts": parts_of(item),
            "tries": earlier["tries"] + 1 if earlier else 1,
        }
    known = outcomes[item.nodeid]
    if WORSE.index(report.outcome) > WORSE.index(known["outcome"]):
        known["outcome"] = report.outcome
        known["reason"] = reason_of(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Any:
    try:
        return (yield)
    except BaseException:  # An interruption: what passed until then proves nothing.
        item.config.stash[OUTCOMES][item.nodeid] = {
            "outcome": "failed",
            "reason": "interrupted",
            "parts": parts_of(item),
            "tries": 1,
        }
        raise


def pytest_sessionfinish(session: pytest.Session) -> None:
    file = session.config.getoption("--parts-report")
    if file:
        path = Path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(session.config.stash[OUTCOMES], indent=1))


def parts_of(item: pytest.Item) -> list[str]:
    """Return the parts that the test's own, its class's and its module's marks name."""
    named = {str(part) for mark in item.iter_markers("part") for part in mark.args}
    return sorted(named)


def reason_of(report: pytest.TestReport) -> str:
    """Return why a test was skipped; the rest is in pytest's own output."""
    if report.outcome == "skipped" and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return ""
