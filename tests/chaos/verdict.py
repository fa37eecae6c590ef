"""What there must be, by arithmetic and by witness, against what is on record."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cronmgmt.models.run import UNFINISHED
from tests.chaos.site.jobs import KINDS, PERIODS
from tests.scenarios.sites import Site

# Intervals are counted from the beginning of the year 2000, in UTC.
EPOCH = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())

Occurrence = tuple[str, int]


@dataclass(slots=True)
class Verdict:
    """Occurrences and executions, counted; what must be empty is a list of facts."""

    expected: int = 0
    executed: int = 0
    skipped: int = 0
    in_gaps: int = 0
    executed_again: int = 0
    lost: list[str] = field(default_factory=list)
    dispatched_twice: list[str] = field(default_factory=list)
    executed_twice: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    def broken_promises(self) -> dict[str, list[str]]:
        """Return what must not be, by its name."""
        names = (
            "lost",
            "dispatched_twice",
            "executed_twice",
            "stuck",
            "stale",
            "silent",
        )
        found = {name: getattr(self, name) for name in names}
        return {name: facts for name, facts in found.items() if facts}

    def __str__(self) -> str:
        return (
            f"{self.expected} occurrences expected: {self.executed} executed, "
            f"{self.skipped} skipped or missed with a sentence, {self.in_gaps} in gaps; "
            f"{self.executed_again} executions repeated after a loss; lost "
            f"{len(self.lost)}, dispatched twice {len(self.dispatched_twice)}, "
            f"executed twice without a reason {len(self.executed_twice)}, "
            f"stuck {len(self.stuck)}, stale results accepted {len(self.stale)}, "
            f"without a sentence {len(self.silent)}"
        )


def occurrences(first: int, last: int) -> set[Occurrence]:
    """Return every occurrence there must be from the one second to the other."""
    return {
        (f"every-{period}-{kind}", second)
        for period in PERIODS
        for kind in KINDS
        for second in range(first, last + 1)
        if (second - EPOCH) % period == 0
    }


def judge(site: Site, first: int, last: int) -> Verdict:
    """Compare the record of those seconds with what there must be."""
    verdict = Verdict()
    wanted = occurrences(first, last)
    verdict.expected = len(wanted)
    runs = [run for run in site.runs() if run.scheduled_for]
    rows = Counter(_occurrence(run) for run in runs)
    verdict.dispatched_twice = [str(one) for one, n in rows.items() if n > 1]
    for one in sorted(wanted):
        if one not in rows:
            covered = _is_in_a_gap(site, one)
            verdict.in_gaps += covered
            if not covered:
                verdict.lost.append(str(one))
    _judge_runs(verdict, runs, last)
    _judge_witness(verdict, site, runs)
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


def _judge_witness(verdict: Verdict, site: Site, runs: list[Any]) -> None:
    tokens: defaultdict[str, list[int]] = defaultdict(list)
    dispatched: defaultdict[Occurrence, set[str]] = defaultdict(set)
    for note in site.notes("START"):
        tokens[note["execution_id"]].append(note["token"])
        if note["occurrence"]:
            dispatched[note["job"], int(note["occurrence"])].add(note["execution_id"])
    verdict.dispatched_twice += [
        f"{one} as {ids}" for one, ids in dispatched.items() if len(ids) > 1
    ]
    for run in runs:
        seen = tokens.get(str(run.execution_id), [])
        attempts = site.attempts(str(run.execution_id))
        verdict.executed_again += max(len(seen) - 1, 0)
        # Each further start needs an attempt on record that says why there is one.
        if len(seen) > 1 + len(attempts):
            verdict.executed_twice.append(f"{run.job_name} {run.pk}: {seen}")
        if run.on_lost == "fail" and len(seen) > 1 + _handed_back(attempts):
            verdict.executed_twice.append(f"{run.job_name} {run.pk}: must not repeat")
        if run.status == "succeeded" and seen and run.result != max(seen):
            verdict.stale.append(f"{run.job_name} {run.pk}: {run.result} of {seen}")


def _handed_back(attempts: list[Any]) -> int:
    return sum(attempt.outcome == "handed_back" for attempt in attempts)


def _occurrence(run: Any) -> Occurrence:
    return run.job_name, int(run.scheduled_for.timestamp())


def _is_in_a_gap(site: Site, occurrence: Occurrence) -> bool:
    name, second = occurrence
    moment = at(second)
    gaps = site.gaps(job__name=name, first__lte=moment, last__gte=moment)
    return bool(gaps.exclude(reason="").exists())


def at(second: int) -> datetime:
    """Return the instant of a second since 1970."""
    return datetime.fromtimestamp(second, UTC)
