"""Run the legs, a few at once; say what each came to and what was left out."""

from __future__ import annotations

import argparse
import compileall
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO

from tests.tooling.legs import COVERAGE, LEGS, SCRATCH, Command, Leg, python
from tests.tooling.parts import ROOT, Outcomes, merge, read_reports
from tests.tooling.running import run_within

TOOLS_WITH_VERBS = ("django", "manage.py", "ruff")
NOT_COLLECTED = 5  # pytest's exit status when it found no test

_SHOWING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a leg."""

    name: str
    verdict: str
    """ok, FAILED or left out"""
    seconds: float = 0.0
    note: str = ""
    failing: tuple[str, ...] = ()
    """The tests that failed."""
    repeated: tuple[str, ...] = ()
    """The tests that passed, but not at the first try."""


def run_leg(leg: Leg, output: IO[str] | None = None) -> Result:
    """Run the leg's commands, all of them, unless the machine lacks what they need.

    What they print goes to ``output``, or where this program prints.
    """
    print(f"\n== {leg.name}", file=output, flush=True)
    leg.report.unlink(missing_ok=True)
    if reason := leg.left_out():
        return Result(leg.name, "left out", note=reason)
    started = time.monotonic()
    until = started + leg.limit
    said = [_trouble_with(command, leg, until, output) for command in leg.commands]
    seconds = time.monotonic() - started
    # What comes after the one that took too long is not begun, and says the same.
    troubles = list(dict.fromkeys(filter(None, said)))
    for trouble in troubles:
        print(f"{leg.name}: {trouble}", file=output, flush=True)
    reports = read_reports([leg.report])
    notes = [*map(counted, reports), *troubles]
    failed = [test for report in reports for test in failing(report)]
    again = [test for report in reports for test in repeated(report)]
    verdict = "FAILED" if troubles else "ok"
    note = "; ".join(notes)
    return Result(leg.name, verdict, seconds, note, tuple(failed), tuple(again))


def _trouble_with(
    command: Command, leg: Leg, until: float, output: IO[str] | None
) -> str:
    environ = {
        **os.environ,
        # Hundreds of processes would each compile what they import.
        "PYTHONDONTWRITEBYTECODE": "",
        "COVERAGE_FILE": str(COVERAGE / f".coverage.{leg.name}"),
        **leg.environ,
    }
    status = run_within(until - time.monotonic(), command, environ, output)
    if status is None:
        return f"took longer than {leg.limit:g} s"
    if status == NOT_COLLECTED:
        return "no test was found"
    return f"{_shown(command)} failed" if status else ""


def run_legs(legs: Sequence[Leg], jobs: int) -> list[Result]:
    """Run all legs, ``jobs`` at once; what each prints is shown when it is over."""
    if jobs == 1:
        return [run_leg(leg) for leg in legs]
    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(_run_and_show, legs))


def _run_and_show(leg: Leg) -> Result:
    with tempfile.TemporaryFile("a+", encoding="utf-8") as output:
        result = run_leg(leg, output)
        output.seek(0)
        with _SHOWING:
            shutil.copyfileobj(output, sys.stdout)
            sys.stdout.flush()
    return result


def _shown(command: Command) -> str:
    words = [word for word in command[1:] if not word.startswith("-")]
    return " ".join(words[:2] if words[0] in TOOLS_WITH_VERBS else words[:1])


def counted(outcomes: Outcomes) -> str:
    """Return the line that pytest would close with."""
    results = [outcome["outcome"] for outcome in outcomes.values()]
    line = f"{results.count('passed')} passed, {results.count('failed')} failed"
    skipped = results.count("skipped")
    return f"{line}, {skipped} skipped" if skipped else line


def failing(outcomes: Outcomes) -> list[str]:
    """Return the tests that failed, a repeated one only if its last try did."""
    return [test for test, each in outcomes.items() if each["outcome"] == "failed"]


def repeated(outcomes: Outcomes) -> list[str]:
    """Return the tests that passed only when they were tried again."""
    return [
        test
        for test, each in outcomes.items()
        if each["outcome"] == "passed" and each["tries"] > 1
    ]


def never_run(outcomes: Outcomes) -> list[str]:
    """Return a line for each test that every leg which has it skipped."""
    return [
        f"{test}: {outcome['reason']}"
        for test, outcome in sorted(outcomes.items())
        if outcome["outcome"] == "skipped"
    ]


def exit_status(
    results: Sequence[Result], skipped: Sequence[str], *, require_all: bool
) -> int:
    """Return 1 when something failed, or was left out although all was required."""
    if any(result.verdict == "FAILED" for result in results):
        return 1
    left_out = [result for result in results if result.verdict == "left out"]
    return 1 if require_all and (left_out or skipped) else 0


def total_coverage() -> str:
    """Return the percentage of the package that the suites ran, all of them together."""
    os.environ["COVERAGE_FILE"] = str(SCRATCH / ".coverage")
    combine = python("coverage", "combine", "--keep", "--quiet", str(COVERAGE))
    subprocess.run(combine, cwd=ROOT, check=False)
    report = python("coverage", "report", "--format=total")
    found = subprocess.run(
        report, cwd=ROOT, check=False, capture_output=True, text=True
    )
    return f"{found.stdout.strip()} %" if found.returncode == 0 else "not measured"


def print_summary(
    results: Sequence[Result], skipped: Sequence[str], elapsed: float
) -> None:
    print(f"\n{'leg':16} {'result':9} {'seconds':>7}")
    for result in results:
        seconds = f"{result.seconds:7.1f}" if result.seconds else " " * 7
        print(f"{result.name:16} {result.verdict:9} {seconds}  {result.note}".rstrip())
    print(f"{'all, by the clock':26} {elapsed:7.1f}")
    if skipped:
        print("\nSkipped in every leg that has them:")
        print("\n".join(f"  {line}" for line in skipped))


def print_repeated(results: Sequence[Result]) -> None:
    """Print what to look into although nothing failed."""
    if not any(result.repeated for result in results):
        return
    print("\nPassed only at the second try:")
    for result in results:
        for test in result.repeated:
            print(f"  {result.name}: {test}")


def print_failures(results: Sequence[Result]) -> None:
    """Print what failed once more, where the reader of a long output ends up."""
    failed = [result for result in results if result.verdict == "FAILED"]
    if not failed:
        return
    print("\nFailed:")
    for result in failed:
        print(
            "\n".join([f"  {result.name}: {result.note}", *_indented(result.failing)])
        )


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def chosen(names: Sequence[str]) -> list[Leg]:
    return [leg for leg in LEGS if not names or leg.name in names]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the chosen legs, all unless told otherwise."""
    parser = argparse.ArgumentParser(prog="tests.tooling.matrix", description=__doc__)
    parser.add_argument(
        "--only", action="append", default=[], choices=[leg.name for leg in LEGS]
    )
    parser.add_argument(
        # One more than there are cores: legs with processes of their own mostly wait.
        "--jobs",
        type=int,
        default=(os.cpu_count() or 1) + 1,
        help="legs at once",
    )
    options = parser.parse_args(arguments)
    legs = chosen(options.only)
    shutil.rmtree(COVERAGE, ignore_errors=True)
    COVERAGE.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    for package in ("cronmgmt", "project"):  # Before several do it at once.
        compileall.compile_dir(ROOT / package, quiet=1)
    results = run_legs(legs, options.jobs)
    elapsed = time.monotonic() - started
    outcomes = merge(read_reports(leg.report for leg in legs))
    skipped = never_run(outcomes)
    require_all = os.environ.get("REQUIRE_ALL") == "1"
    print_summary(results, skipped, elapsed)
    if any(COVERAGE.iterdir()):
        print(f"\nCoverage of the package, all suites together: {total_coverage()}")
    status = exit_status(results, skipped, require_all=require_all)
    if status and not any(result.verdict == "FAILED" for result in results):
        print("REQUIRE_ALL=1: what was left out or skipped above is a failure.")
    print_repeated(results)
    print_failures(results)
    if outcomes:
        print(f"\n{counted(outcomes)}")
    return status


if __name__ == "__main__":
    sys.exit(main())
