"""What there must be, by arithmetic and by witness, against what is on record."""

from __future__ import annotations

import json
import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from cronmgmt.models import Status
from cronmgmt.models.run import UNFINISHED
from tests.chaos.faults import Fault
from tests.chaos.oracle import (
    Occurrence,
    at,
    covered_by_gaps,
    occurrence_of,
    occurrences,
)
from tests.chaos.stage import LEASE, AttackedSite
from tests.scenarios.sites import Site

TRY = re.compile(
    r"^(\S+ \S+),\d+ \d+ (?:cronmgmt.engine .*(?:tried again|repeated|looks again|fails:"
    r"|no beat|could not)|django-q Failed '?cronmgmt)",
    re.MULTILINE | re.IGNORECASE,
)
"""A line of a node's log that says that something is to be tried again, and when."""

HURRY = 40
"""More such lines of a node in one second are a loop that does not wait."""


@dataclass(slots=True)
class Blow:
    """A fault that was done."""

    where: int
    """The length that the witness's file had when it began."""
    fault: Fault
    without_a_core: float = 0.0
    """So many seconds until the next some process of a node was ready and had none."""

    def allows_repeats(self) -> bool:
        """Return whether a run may be executed again because of it.

        Also where other work of this machine kept somebody from saying that he lives.
        """
        return self.fault.repeats or self.without_a_core > LEASE / 2

    def __str__(self) -> str:
        if self.fault.repeats or not self.allows_repeats():
            return self.fault.name
        return f"{self.fault.name}, {self.without_a_core:.1f} s without a core"


History = Sequence[Blow]


@dataclass(slots=True)
class Settled:
    """How long it took until all went on, and what did not within the limit."""

    seconds: float
    waited_for_a_core: float
    """So many of them some process of a node was ready and had no core to run on."""
    last: str = ""
    """What was the last to go on."""
    stuck: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Verdict:
    """Occurrences and executions, counted; what must be empty is a list of facts."""

    expected: int = 0
    executed: int = 0
    skipped: int = 0
    in_gaps: int = 0
    lost: list[str] = field(default_factory=list)
    dispatched_twice: list[str] = field(default_factory=list)
    executed_twice: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    crowded: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    hurried: list[str] = field(default_factory=list)
    tries: int = 0
    under_locks: int = 0
    parked: int = 0
    settled: dict[str, list[Settled]] = field(default_factory=dict)
    repeated: Counter[str] = field(default_factory=Counter)
    """Executions beyond the first, by what allowed them."""

    def broken_promises(self) -> dict[str, list[str]]:
        """Return what must not be, by its name."""
        names = (
            "lost",
            "dispatched_twice",
            "executed_twice",
            "stuck",
            "stale",
            "silent",
            "crowded",
            "kept",
            "hurried",
        )
        found = {name: getattr(self, name) for name in names}
        return {name: facts for name, facts in found.items() if facts}

    def __str__(self) -> str:
        return (
            f"{self.expected} occurrences expected: {self.executed} executed, "
            f"{self.skipped} skipped or missed with a sentence, {self.in_gaps} in gaps; "
            f"{self.repeated.total()} executions repeated after a loss; lost "
            f"{len(self.lost)}, dispatched twice {len(self.dispatched_twice)}, "
            f"executed twice without a reason {len(self.executed_twice)}, "
            f"stuck {len(self.stuck)}, stale results accepted {len(self.stale)}, "
            f"without a sentence {len(self.silent)}; of {self.under_locks} under a lock "
            f"{self.parked} waited for it, {len(self.crowded)} began beside as many as "
            f"it allows, {len(self.kept)} kept it; {self.tries} steps tried again, "
            f"{len(self.hurried)} in a hurry; longest until all went on "
            f"{self.longest():.1f} s"
        )

    def longest(self) -> float:
        """Return the longest that it took after any fault until all went on."""
        return max(
            (each.seconds for all_ in self.settled.values() for each in all_),
            default=0.0,
        )

    def lines(self) -> Iterator[str]:
        """Yield, per fault, how long it took at most; and what was executed again."""
        worst = {
            name: max(each.seconds for each in all_)
            for name, all_ in self.settled.items()
        }
        for name, seconds in sorted(worst.items(), key=lambda item: -item[1]):
            tries = len(self.settled[name])
            yield f"{seconds:5.1f} s at most until all went on ({tries} times): {name}"
        for why, number in self.repeated.most_common():
            yield f"{number:4} executed again after {why}"


def judge(site: AttackedSite, first: int, last: int, history: History) -> Verdict:
    """Compare the record of those seconds with what there must be."""
    verdict = Verdict()
    wanted = occurrences(site, first, last)
    verdict.expected = len(wanted)
    runs = [run for run in site.runs() if run.scheduled_for]
    rows = Counter(occurrence_of(run) for run in runs)
    verdict.dispatched_twice = [str(one) for one, n in rows.items() if n > 1]
    is_covered = covered_by_gaps(site)
    for one in sorted(wanted - rows.keys()):
        if is_covered(one):
            verdict.in_gaps += 1
        else:
            verdict.lost.append(str(one))
    _judge_runs(verdict, runs, last)
    _judge_witness(verdict, site, runs, history)
    _judge_locks(verdict, site, runs)
    _judge_patience(verdict, site)
    return verdict


def _judge_runs(verdict: Verdict, runs: list[Any], last: int) -> None:
    for run in runs:
        if run.status in UNFINISHED:
            if run.scheduled_for <= at(last):  # What has come since is under way.
                facts = f"{run.job_name} {run.pk} {run.status}: {run.reason}"
                verdict.stuck.append(facts)
            continue
        decided = run.status in ("skipped", "missed")
        verdict.skipped += decided
        verdict.executed += not decided
        if run.status != "succeeded" and not run.reason:
            verdict.silent.append(f"{run.job_name} {run.pk} {run.status}")


def _judge_witness(
    verdict: Verdict, site: Site, runs: list[Any], history: History
) -> None:
    starts: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    dispatched: defaultdict[Occurrence, set[str]] = defaultdict(set)
    for where, note in _starts(site):
        starts[note["execution_id"]].append((where, note["token"]))
        if note["occurrence"]:
            dispatched[note["job"], int(note["occurrence"])].add(note["execution_id"])
    verdict.dispatched_twice += [
        f"{one} as {ids}" for one, ids in dispatched.items() if len(ids) > 1
    ]
    for run in runs:
        wheres, seen = zip(*starts.get(str(run.execution_id), [(0, 0)]), strict=True)
        attempts = site.attempts(str(run.execution_id)) if len(seen) > 1 else []
        # Each further start needs an attempt on record that says why there is one.
        if len(seen) > 1 + len(attempts):
            verdict.executed_twice.append(f"{run.job_name} {run.pk}: {seen}")
        if run.on_lost == "fail" and len(seen) > 1 + _handed_back(attempts):
            verdict.executed_twice.append(f"{run.job_name} {run.pk}: must not repeat")
        if run.status == "succeeded" and any(seen) and run.result != max(seen):
            verdict.stale.append(f"{run.job_name} {run.pk}: {run.result} of {seen}")
        for before, after in pairwise(wheres):
            _explain(verdict, run, history, (before, after))


def _explain(
    verdict: Verdict, run: Any, history: History, starts: tuple[int, int]
) -> None:
    """Note which fault allowed a further start; without one it is a broken promise."""
    before, after = (bisect([blow.where for blow in history], at) for at in starts)
    between = history[max(before - 1, 0) : after]
    allowed = [str(blow) for blow in between if blow.allows_repeats()]
    if allowed:
        verdict.repeated[allowed[-1]] += 1
    else:
        names = ", ".join(str(blow) for blow in between)
        verdict.executed_twice.append(f"{run.job_name} {run.pk}, after only: {names}")


def _starts(site: Site) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what handlers noted at their start, each with where it is in the file."""
    where = 0
    for line in site.witness.read_bytes().splitlines(keepends=True):
        note = json.loads(line)
        if note["event"] == "START":
            yield where, note
        where += len(line)


def _judge_locks(verdict: Verdict, site: Site, runs: list[Any]) -> None:
    """No more were inside at once than a lock allows, but for those given up as lost."""
    under = [run for run in runs if run.lock_digest]
    verdict.under_locks = len(under)
    verdict.parked = sum(run.claims > 1 for run in under)
    for note in site.notes("CROWDED"):
        if len(note["entitled"]) > note["places"]:
            verdict.crowded.append(str(note))
    for slot in site.slots(run__isnull=False).exclude(run__status=Status.RUNNING):
        verdict.kept.append(f"{slot} {slot.run.status}")


def _judge_patience(verdict: Verdict, site: Site) -> None:
    """Whatever fails is tried again after a while, each time a longer one."""
    for process in site.processes:
        tries = Counter(TRY.findall(process.output()))
        verdict.tries += tries.total()
        verdict.hurried += [
            f"{process.name} {second}: {n}" for second, n in tries.items() if n > HURRY
        ]


def _handed_back(attempts: list[Any]) -> int:
    return sum(attempt.outcome == "handed_back" for attempt in attempts)
