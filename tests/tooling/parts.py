"""Outcomes of the tests -> which parts of the requirements are proven."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "tests" / "parts.toml"
REPORTS = ROOT / "var" / "reports"

# The requirements are kept beside the checkout; who cloned only this has no such file.
REQUIREMENTS = ROOT.parent / "shared" / "SPEC.md"
ROW = re.compile(r"^\|\s*(\d+\.\d+)\s*\|", re.MULTILINE)

LEGS = ("sqlite", "sqlite-orm", "project")
"""What proves most parts, and runs on every machine."""

SOURCES = ("cronmgmt", "project", "templates", "tests", "docs")


class Outcome(TypedDict):
    """What one test came to in one run of pytest."""

    outcome: str
    reason: str
    parts: list[str]
    tries: int


Outcomes = Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class Part:
    """A row of the requirements, and whether it is said to work."""

    title: str
    claimed: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """How many tests say that a part works, and how many that it does not."""

    passed: int = 0
    failed: int = 0

    def lacks(self, part: Part) -> bool:
        """Tell whether this is too little for what is claimed."""
        return bool(self.failed) or (part.claimed and not self.passed)


def read_table(path: Path = TABLE) -> dict[str, Part]:
    rows = tomllib.loads(path.read_text())["parts"]
    return {number: Part(**row) for number, row in rows.items()}


def missing_rows(table: Iterable[str], requirements: Path = REQUIREMENTS) -> list[str]:
    """Return the numbers of required parts that the table does not list."""
    if not requirements.exists():
        return []
    return [row for row in ROW.findall(requirements.read_text()) if row not in table]


def merge(runs: Iterable[Outcomes]) -> dict[str, Outcome]:
    """Return each test's outcome over all runs: failed anywhere, else passed anywhere."""
    rank = ("skipped", "passed", "failed")
    merged: dict[str, Outcome] = {}
    for run in runs:
        for test, found in run.items():
            known = merged.setdefault(test, found)
            if rank.index(found["outcome"]) > rank.index(known["outcome"]):
                merged[test] = found
    return merged


def prove(table: Mapping[str, Part], outcomes: Outcomes) -> dict[str, Proof]:
    """Return what the tests say about each part."""
    found: dict[str, list[str]] = {number: [] for number in table}
    for outcome in outcomes.values():
        for number in outcome["parts"]:
            found.setdefault(number, []).append(outcome["outcome"])
    return {
        number: Proof(results.count("passed"), results.count("failed"))
        for number, results in found.items()
    }


def read_reports(files: Iterable[Path]) -> list[Outcomes]:
    """Return the reports that were written: a leg may leave none."""
    return [json.loads(file.read_text()) for file in files if file.exists()]


def fresh_reports(folder: Path = REPORTS, root: Path = ROOT) -> list[Path]:
    """Return the reports that are younger than everything they are about."""
    changed = max((path.stat().st_mtime for path in _sources(root)), default=0.0)
    return [file for file in folder.glob("*.json") if file.stat().st_mtime > changed]


def _sources(root: Path) -> Iterable[Path]:
    yield root / "pyproject.toml"
    for folder in SOURCES:
        for path in (root / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def print_table(table: Mapping[str, Part], proofs: Mapping[str, Proof]) -> list[str]:
    """Print a line per part; return the parts that lack what they claim."""
    lacking = []
    for number, part in table.items():
        proof = proofs[number]
        state = "done" if part.claimed else "-"
        if proof.lacks(part):
            lacking.append(number)
            state = "LACKS"
        tests = f"{proof.passed} passed" if proof.passed else ""
        if proof.failed:
            tests = f"{tests} {proof.failed} FAILED".strip()
        print(f"{number:5} {state:6} {tests:10} {part.title}")
    return lacking


def main() -> int:
    """Print the table; say with the exit status whether every claim is proven."""
    table = read_table()
    if missing := missing_rows(table):
        print(f"tests/parts.toml lacks the required rows {', '.join(missing)}.")
        return 1
    known = fresh_reports()
    stale = [leg for leg in LEGS if REPORTS / f"{leg}.json" not in known]
    if stale:
        only = [word for leg in stale for word in ("--only", leg)]
        matrix = [sys.executable, "-m", "tests.tooling.matrix", *only]
        subprocess.run(matrix, cwd=ROOT, check=False)
    lacking = print_table(table, prove(table, merge(read_reports(fresh_reports()))))
    claimed = sum(part.claimed for part in table.values())
    print(
        f"{claimed} of {len(table)} parts claimed, {len(lacking)} of them lack proof."
    )
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
