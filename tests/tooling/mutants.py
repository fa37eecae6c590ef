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
    database: str = "sqlite"
    """Where it shows."""


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
        "what is sent again under a key is done again",
        f"{ENGINE}/idempotency.py",
        "return _kept(row, fingerprint) or _answered",
        "return _answered",
        ("tests/engine/test_idempotency.py",),
    ),
    Mutant(
        "more runs than it allows hold a lock",
        f"{ENGINE}/locks.py",
        "if len(holders) >= run.concurrency:",
        "if not run.concurrency:",
        ("tests/engine/test_locks.py",),
    ),
    Mutant(
        "a backfilled run starts beside another run of its job",
        f"{ENGINE}/overlap.py",
        "if run.origin != Origin.BACKFILL or run.active_key or run.job is None:",
        "if run:",
        ("tests/engine/actions/test_backfills.py",),
    ),
    Mutant(
        "a backfill starves beside a job that is always due",
        f"{ENGINE}/turns.py",
        "        _give(by_lock[str(lock)])",
        "        return",
        ("tests/engine/test_turns.py",),
    ),
    Mutant(
        "two decide about a lock at once",
        f"{ENGINE}/locks.py",
        "locked = gate.select_for_update() if wait else _skipping(gate)",
        "locked = gate",
        ("tests/engine/test_lock_races.py", "tests/databases/test_locking.py"),
        database="postgresql",
    ),
    Mutant(
        "a run whose lock is taken is not parked",
        f"{ENGINE}/locks.py",
        "        _park(run, holders)\n",
        "",
        ("tests/engine/test_locks.py",),
    ),
    Mutant(
        "what a lost run held is not freed",
        f"{ENGINE}/recovery.py",
        "        locks.release(run)\n",
        "",
        ("tests/engine/test_locks.py", "tests/engine/test_recovery.py"),
    ),
    Mutant(
        "who lost its run may free the lock that another holds",
        f"{ENGINE}/finishing.py",
        "    if recorded:\n        append_log(run, outcome.log)\n        locks.release(run)",
        "    locks.release(run)\n    if recorded:\n        append_log(run, outcome.log)",
        ("tests/engine/test_locks.py", "tests/engine/test_lock_races.py"),
    ),
    Mutant(
        "a clock that is set forward ends what runs",
        f"{ENGINE}/jumps.py",
        "return time.monotonic() >= self._distrusted_until",
        "return True",
        ("tests/engine/test_jumps.py",),
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
        "pk=keys, status=Status.QUEUED)",
        "pk=keys)",
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
        "an occurrence that a gap stands for is made again",
        f"{ENGINE}/scenes.py",
        "last__gte=since, kind__in=DECIDED)",
        "last__gte=since, kind__in=())",
        ("tests/engine/test_folding.py",),
    ),
    Mutant(
        "each occurrence that no worker started in time has a row",
        f"{ENGINE}/unstarted.py",
        "fold = bool(self.gaps) or len(rest) > 1",
        "fold = False",
        ("tests/engine/test_folding.py", "tests/engine/test_stretches.py"),
    ),
    Mutant(
        "runs on both sides of another are one gap",
        f"{ENGINE}/unstarted.py",
        "            yield stretch\n            stretch = _Stretch()\n    yield",
        "            pass\n    yield",
        ("tests/engine/test_folding.py",),
    ),
    Mutant(
        "a job whose next run was deleted by hand never runs again",
        f"{ENGINE}/mending.py",
        "elif is_stranded(job, pauses := Pause.not_over(now), now):",
        "elif False:",
        ("tests/engine/test_mending.py",),
    ),
    Mutant(
        "what a job missed while it had no next run is not told",
        f"{ENGINE}/stranded.py",
        "        gap_of(job, Gap.Kind.BROKEN, stretch, why, now).save()\n",
        "        pass\n",
        ("tests/engine/test_mending.py",),
    ),
    Mutant(
        "a run that is held without a lease is held for ever",
        f"{ENGINE}/repairing.py",
        'return {"lease_expires_at": sql_now(lease()), **counted}',
        "return counted",
        ("tests/engine/test_poison.py",),
    ),
    Mutant(
        "a row that cannot be read keeps a queue from being worked off",
        f"{ENGINE}/claiming.py",
        "if not mend_queue(queue, AHEAD):",
        "if True:",
        ("tests/engine/test_poison.py",),
    ),
    Mutant(
        "an ended run keeps its job from starting again",
        f"{ENGINE}/repairing.py",
        "yield _let_go(_with(page), UNFINISHED)",
        "yield 0",
        ("tests/engine/test_poison.py",),
    ),
    Mutant(
        "an old node fails what only newer code can call",
        f"{ENGINE}/loop.py",
        "if outcome.unknown or outcome.refused:",
        "if False:",
        ("tests/engine/test_elsewhere.py",),
    ),
    Mutant(
        "failures go as soon as successes",
        f"{ENGINE}/retention.py",
        "too_many, age = bounds.too_many_failures_up_to, keeping.failures",
        "too_many, age = bounds.too_many_up_to, keeping.successes",
        ("tests/engine/test_retention.py", "tests/engine/test_dead_letters.py"),
    ),
    Mutant(
        "a day that SQL closed is open at the last moment",
        f"{ENGINE}/deciding.py",
        "if take_over_days(job, scene.days):",
        "if False:",
        ("tests/engine/test_mending.py",),
    ),
    Mutant(
        "a cancelled run that fails is tried again",
        f"{ENGINE}/finishing.py",
        "if cancelled is not None:",
        "if False:",
        ("tests/engine/test_finishing.py", "tests/engine/test_retries.py"),
    ),
    Mutant(
        "a tick is open to everybody",
        "cronmgmt/processor/secrets.py",
        "return is_set() and any(matches)",
        "return is_set()",
        ("tests/processor",),
    ),
    Mutant(
        "what a killed tick had begun waits for its lease",
        f"{ENGINE}/ticking.py",
        "            recovery.recover_worker(self._worker)\n",
        "            pass\n",
        ("tests/engine/test_ticking.py",),
    ),
    Mutant(
        "a run that no tick has the time for begins anew for ever",
        f"{ENGINE}/processing.py",
        "if run.losses < conf.MAX_LOSSES:",
        "if True:",
        ("tests/engine/test_processing.py",),
    ),
    Mutant(
        "nobody is told of the end of a run",
        f"{ENGINE}/finishing.py",
        "        queue_mail(run)\n",
        "",
        ("tests/engine/test_mailing.py",),
    ),
    Mutant(
        "the end of a mail is told by mail",
        f"{ENGINE}/mailing.py",
        "_usable(run.notify) if run.handler != MAIL else []",
        "_usable(run.notify)",
        ("tests/engine/test_mailing.py",),
    ),
    Mutant(
        "who lacks the permission learns which jobs there are",
        f"{ENGINE}/actions/actor.py",
        "if not self.actor.may(self.permission):",
        "if False:",
        ("tests/test_actors.py",),
    ),
    Mutant(
        "a job that is restricted to groups is there for everybody",
        "cronmgmt/actors.py",
        "return self._levels.get(job_id, ACT) >= level",
        "return True",
        ("tests/test_actors.py",),
    ),
    Mutant(
        "runs of a hidden job are listed",
        "cronmgmt/actors.py",
        "return rows.filter(seen)",
        "return rows",
        ("tests/test_actors.py",),
    ),
    Mutant(
        "a refused attempt leaves no record",
        f"{ENGINE}/actions/actor.py",
        "    record(attempt.deed(allowed=False, reason=reason, change=asked))",
        "    pass",
        ("tests/engine/actions/test_actor.py",),
    ),
    Mutant(
        "a record is changed afterwards",
        "cronmgmt/models/activity.py",
        "if not self._state.adding:",
        "if False:",
        ("tests/models/test_activity.py",),
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
            env={
                **os.environ,
                "PYTHONPATH": str(tree),
                "CRONMGMT_TEST_DB": mutant.database,
            },
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
