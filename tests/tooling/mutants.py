"""Take the engine's promises away one at a time; for each, some test must fail.

Each mutant is one change to a copy of the package. The tests named with it run until
the first of them fails, which is shown; a mutant that they let live is a failure.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.tooling.parts import ROOT

COPIED = ("cronmgmt", "tests", "project", "templates", "docs", "pyproject.toml")
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One promise, and the change that breaks it."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


ENGINE = "cronmgmt/engine"
MUTANTS = (
    Mutant(
        "an owner that lost its run may still change it",
        "cronmgmt/models/run.py",
        "pk=run_id, status=held_as, claim_token=token)",
        "pk=run_id, status=held_as)",
        (
            "tests/models",
            "tests/engine/test_finishing.py",
            "tests/engine/test_beats.py",
        ),
    ),
    Mutant(
        "an occurrence may have two rows",
        "cronmgmt/migrations/0001_initial.py",
        'fields=("job", "scheduled_for"), name="cronmgmt_run_once"',
        'fields=("job", "scheduled_for", "id"), name="cronmgmt_run_once"',
        ("tests/models", "tests/engine/test_racing.py"),
    ),
    Mutant(
        "two unfinished runs of a job that must not overlap",
        f"{ENGINE}/overlap.py",
        "return [first]\n",
        "return []\n",
        ("tests/engine/test_overlap.py", "tests/engine/test_racing.py"),
    ),
    Mutant(
        "more runs than it allows hold a lock",
        f"{ENGINE}/locks.py",
        "if len(holders) >= run.concurrency:",
        "if not run.concurrency:",
        ("tests/engine/test_locks.py",),
    ),
    Mutant(
        "who is parked behind a lock is not woken by its end",
        f"{ENGINE}/locks.py",
        "    _wake(run.lock_digest, held)\n",
        "",
        ("tests/engine/test_locks.py",),
    ),
    Mutant(
        "a run that loses its claim may take a lock all the same",
        f"{ENGINE}/claiming.py",
        "return is_ours and locks.take(run) and _start(run)",
        "return locks.take(run) and _start(run)",
        ("tests/engine/test_locks.py",),
    ),
    Mutant(
        "runs are recovered while their lease is valid",
        f"{ENGINE}/recovery.py",
        "filter(lease_expires_at__lt=sql_now())",
        "filter(lease_expires_at__isnull=False)",
        ("tests/engine/test_recovery.py",),
    ),
    Mutant(
        "a running run's lease is not extended",
        f"{ENGINE}/beats.py",
        "        lease_expires_at=Later(lease()),\n",
        "",
        ("tests/engine/test_beats.py",),
    ),
    Mutant(
        "workers are rung for before the commit",
        f"{ENGINE}/rings.py",
        "after_commit(partial(ring, queue, runs))",
        "ring(queue, runs)",
        ("tests/engine/test_rings.py", "tests/engine/test_scheduling.py"),
    ),
    Mutant(
        '"nothing is left" is said without a look after the last finish',
        f"{ENGINE}/loop.py",
        "            done += work_off(claimed, until)\n",
        "            return Slice(done + work_off(claimed, until), more=False)\n",
        ("tests/engine/test_loop.py",),
    ),
    Mutant(
        "two workers claim one run",
        f"{ENGINE}/claiming.py",
        "filter(pk__in=keys, status=Status.QUEUED)",
        "filter(pk__in=keys)",
        ("tests/engine/test_claiming.py", "tests/engine/test_racing.py"),
    ),
    Mutant(
        "a handler is called before its start is durable",
        f"{ENGINE}/loop.py",
        "ours = run is not None and start(run)",
        "ours = run is not None",
        ("tests/engine/test_loop.py", "tests/engine/test_lifecycle.py"),
    ),
    Mutant(
        "a lost run is tried for ever",
        f"{ENGINE}/recovery.py",
        "losses=More(),",
        "losses=More(0),",
        ("tests/engine/test_recovery.py",),
    ),
    Mutant(
        "a pruned occurrence is made again",
        f"{ENGINE}/deciding.py",
        "return bool(job.forgotten_before and job.next_run_at < job.forgotten_before)",
        "return False",
        ("tests/engine/test_deciding.py", "tests/engine/test_retention.py"),
    ),
    Mutant(
        "a cancelled run that fails is tried again",
        f"{ENGINE}/finishing.py",
        "if cancelled is not None:",
        "if False:",
        ("tests/engine/test_finishing.py", "tests/engine/test_retries.py"),
    ),
)


def mutated(mutant: Mutant, tree: Path) -> None:
    """Change the copy in ``tree``; raises ValueError if the code has moved on."""
    path = tree / mutant.file
    text = path.read_text()
    if text.count(mutant.old) != 1:
        raise ValueError(f"{mutant.file} does not hold once: {mutant.old}")
    path.write_text(text.replace(mutant.old, mutant.new))


def killer_of(mutant: Mutant) -> str:
    """Return the test that fails because of the mutant; empty if none does."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, tree / name)
        mutated(mutant, tree)
        command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header"]
        found = subprocess.run(
            [*command, "-p", "no:cacheprovider", *mutant.tests],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": str(tree)},
            capture_output=True,
            text=True,
            check=False,
        )
    failed = FAILED.search(found.stdout)
    return failed[1] if found.returncode == 1 and failed else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Try every mutant whose name contains the given text."""
    parser = argparse.ArgumentParser(prog="tests.tooling.mutants", description=__doc__)
    parser.add_argument("text", nargs="?", default="", help="part of a mutant's name")
    options = parser.parse_args(arguments)
    alive = 0
    for mutant in MUTANTS:
        if options.text not in mutant.name:
            continue
        started = time.monotonic()
        killer = killer_of(mutant)
        alive += not killer
        print(f"{'dead ' if killer else 'ALIVE'} {mutant.name}", flush=True)
        print(f"      {killer or 'no test fails'} ({time.monotonic() - started:.0f} s)")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
