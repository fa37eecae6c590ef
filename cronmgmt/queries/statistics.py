"""A job's latest runs -> how long they take, how late they start, how many fail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from cronmgmt.conf import conf
from cronmgmt.models import EXECUTED, FAILURES, JobRun, ScheduledJob, Status

RECENT = 200
"""So many of a job's latest runs are looked at."""

COLUMNS = (
    "id",
    "execution_id",
    "job",
    "status",
    "reason",
    "origin",
    "requested_by",
    "scheduled_for",
    "created_at",
    "attempt",
    "losses",
    "duration",
    "available_at",
    "started_at",
    "finished_at",
)


@dataclass(frozen=True, slots=True)
class Spread:
    """Half of the values are at most ``p50``, 95 of 100 at most ``p95``; in seconds."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the latest runs of a job that were executed say, oldest first.

    ``durations`` are those of the successful ones; ``delays`` are between the time a
    run was to start and its start, at first attempts.
    """

    runs: list[JobRun]
    failed: int
    aim: float
    durations: Spread | None
    delays: Spread | None

    @property
    def failure_rate(self) -> float | None:
        """The share of runs that failed, 0 to 1; None if there was none."""
        return self.failed / len(self.runs) if self.runs else None

    @property
    def is_within_aim(self) -> bool:
        """Whether no larger share failed than is aimed at."""
        return (self.failure_rate or 0) <= self.aim


def latest_runs(job: ScheduledJob) -> list[JobRun]:
    """Return a job's latest RECENT runs, latest first, with what lists show of them."""
    runs = JobRun.objects.filter(job=job).order_by("-id")
    return list(runs.only(*COLUMNS)[:RECENT])


def statistics(job: ScheduledJob, latest: Sequence[JobRun]) -> Statistics:
    """Return what a job's latest runs say, held against its aim, or else the site's."""
    runs = [run for run in latest if run.status in EXECUTED][::-1]
    return Statistics(
        runs=runs,
        failed=sum(run.status in FAILURES for run in runs),
        aim=conf.FAILURE_AIM if job.failure_aim is None else job.failure_aim,
        durations=spread(_durations(runs)),
        delays=spread(_delays(runs)),
    )


def spread(values: Iterable[float]) -> Spread | None:
    """Return the percentiles of some values; None of none."""
    ordered = sorted(values)
    if not ordered:
        return None
    return Spread(_percentile(ordered, 50), _percentile(ordered, 95))


def _percentile(ordered: Sequence[float], share: int) -> float:
    return ordered[ceil(len(ordered) * share / 100) - 1]


def _durations(runs: Iterable[JobRun]) -> Iterable[float]:
    for run in runs:
        if run.status == Status.SUCCEEDED and run.duration is not None:
            yield run.duration


def _delays(runs: Iterable[JobRun]) -> Iterable[float]:
    for run in runs:
        # Later attempts start when their backoff is over, and say nothing of delays.
        if run.started_at and run.attempt <= 1 and not run.losses:
            yield max((run.started_at - run.available_at).total_seconds(), 0)
