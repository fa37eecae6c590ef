"""How a run went for each of its targets, and how a job's latest runs did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cronmgmt import registry
from cronmgmt.errors import InvalidTargets
from cronmgmt.models import EXECUTED, JobRun, ScheduledJob, Status, TargetResult
from cronmgmt.queries.texts import iso, shown_error
from cronmgmt.targets import MOST, names_of

RUNS = 20
"""So many of a job's latest runs are looked at."""

ROWS = 2_000
"""So many of their results are read, the latest: fewer runs, where targets are many."""


@dataclass(frozen=True, slots=True)
class TargetRecord:
    """How a job's latest runs went for one target."""

    target: str
    latest: TargetResult
    runs: int
    succeeded: int

    @property
    def share(self) -> float:
        """The share of these runs in which it succeeded, 0 to 1."""
        return self.succeeded / self.runs


def target_names(handler: str) -> list[str]:
    """Return what a handler goes over now; none if it does not, or cannot be asked."""
    targets = registry.targets_of(handler)
    if targets is None:
        return []
    try:
        return names_of(handler, targets)
    except InvalidTargets:
        return []


def target_results(run: JobRun) -> list[TargetResult]:
    """Return how a run went for each of its targets so far, in order."""
    return list(TargetResult.objects.filter(run_id=run.pk).order_by("id")[:MOST])


def target_records(latest: Iterable[JobRun]) -> list[TargetRecord]:
    """Return how it went for each target in the RUNS latest of these runs, by name."""
    keys = [run.pk for run in latest if run.status in EXECUTED][:RUNS]
    results = TargetResult.objects.filter(run__in=keys).defer("error_message")
    by_name: dict[str, list[TargetResult]] = {}
    for each in results.order_by("-run_id", "-id")[:ROWS]:
        by_name.setdefault(each.target, []).append(each)
    return [_record(name, by_name[name]) for name in sorted(by_name)]


def target_records_of(job: ScheduledJob) -> list[TargetRecord]:
    """The same of a job."""
    runs = JobRun.objects.filter(job=job).order_by("-id")
    return target_records(runs.only("id", "status")[: 2 * RUNS])


def target_as_json(result: TargetResult, *, allowed: bool) -> dict[str, Any]:
    """Return what programs are told of it; the error to those who may read errors."""
    return {
        "target": result.target,
        "status": result.status,
        "attempt": result.attempt,
        "startedAt": iso(result.started_at),
        "duration": round(result.duration, 3),
        "itemsProcessed": result.items,
        "error": shown_error(result.error_message, allowed=allowed) or None,
    }


def _record(name: str, results: Sequence[TargetResult]) -> TargetRecord:
    good = sum(each.status == Status.SUCCEEDED for each in results)
    return TargetRecord(name, results[0], len(results), good)
