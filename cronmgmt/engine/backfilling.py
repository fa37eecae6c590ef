"""A stretch of time -> the occurrences in it that are still to be run, and their runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from cronmgmt.engine.making import make_run
from cronmgmt.engine.overlap import lock_columns
from cronmgmt.errors import Refused
from cronmgmt.models import (
    UNFINISHED,
    JobRun,
    Origin,
    Priority,
    ScheduledJob,
    Status,
)
from cronmgmt.schedules import Manual
from cronmgmt.text import digest

MOST = 10_000
"""So many runs may be made at once."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a backfill goes: so many runs at a time, so many begun per minute."""

    at_a_time: int = 1
    per_minute: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.at_a_time <= 100:
            raise Refused("A backfill runs 1 to 100 occurrences at a time.")
        if self.per_minute is not None and not 1 <= self.per_minute <= 6000:
            raise Refused("A backfill begins 1 to 6000 runs per minute.")

    def delay(self, number: int) -> timedelta:
        """Return how long the run of that number, counted from 0, waits."""
        if self.per_minute is None:
            return timedelta()
        return timedelta(seconds=number * 60 / self.per_minute)


@dataclass(slots=True)
class Backfill:
    """The occurrences of a job in a stretch of time, and what becomes of each.

    ``due`` are to be run; ``succeeded`` and ``unfinished`` count those left out because
    a run for them has succeeded, or is queued or running, ``undecided`` those for which
    the scheduler may yet make one. ``runs`` are what was made.
    """

    job: ScheduledJob
    due: list[datetime]
    succeeded: int = 0
    unfinished: int = 0
    undecided: int = 0
    runs: list[JobRun] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it as programs are told."""
        return {
            "name": self.job.name,
            "count": len(self.due),
            "first": self.due[0].isoformat() if self.due else None,
            "last": self.due[-1].isoformat() if self.due else None,
            "succeeded": self.succeeded,
            "unfinished": self.unfinished,
            "undecided": self.undecided,
            "executionIds": [str(run.execution_id) for run in self.runs],
        }


def look(
    job: ScheduledJob,
    first: datetime,
    last: datetime,
    now: datetime,
    *,
    again: bool = False,
) -> Backfill:
    """Return what a backfill of ``[first, last]`` would run; nothing is written.

    With ``again``, also what has succeeded. Raises Refused for a stretch that lies in
    the future, has no occurrence that could be run, or too many.
    """
    past = _occurrences(job, first, min(last, now))
    occurrences = [each for each in past if not _is_undecided(job, each)]
    done = set() if again else _intended(job, first, last, Status.SUCCEEDED)
    waiting = _intended(job, first, last, *UNFINISHED) - done
    return Backfill(
        job=job,
        due=[each for each in occurrences if each not in done | waiting],
        succeeded=sum(each in done for each in occurrences),
        unfinished=sum(each in waiting for each in occurrences),
        undecided=len(past) - len(occurrences),
    )


def _is_undecided(job: ScheduledJob, occurrence: datetime) -> bool:
    """Return whether the scheduler is yet to decide about an occurrence.

    It may run it, however late it is: with a backfill it would run twice.
    """
    return job.next_run_at is not None and occurrence >= job.next_run_at


def make(plan: Backfill, pace: Pace, now: datetime, **changes: Any) -> list[JobRun]:
    """Return the unsaved runs of a backfill, oldest first.

    They wait for each other by a lock, so that no process has to see to their pace.
    """
    lock = _lock(plan.job, pace)
    # Nobody wants a mail for each of hundreds.
    low = {"priority": max(plan.job.priority, Priority.LOW), "notify": None}
    fields = {**low, **lock, **changes}
    return [
        make_run(
            plan.job,
            Origin.BACKFILL,
            now,
            **fields,
            active_key=None,
            intended_for=occurrence,
            available_at=now + pace.delay(number),
        )
        for number, occurrence in enumerate(plan.due)
    ]


def lock_digest(job: ScheduledJob) -> str:
    """Return the lock by which backfilled runs of a job wait for each other."""
    shared = lock_columns(job).get("lock_digest")
    return shared or digest("backfill of job", job.pk)


def _lock(job: ScheduledJob, pace: Pace) -> dict[str, Any]:
    """Return the job's lock, or one of the backfill's own, for so many at a time."""
    columns = lock_columns(job) or {
        "lock_key": "",
        "lock_digest": lock_digest(job),
        "concurrency": pace.at_a_time,
    }
    most = min(columns["concurrency"], pace.at_a_time)
    if job.overlap == ScheduledJob.Overlap.SKIP:
        most = 1  # One run of it at a time, whoever made it.
    return {**columns, "concurrency": most}


def _occurrences(
    job: ScheduledJob, first: datetime, last: datetime
) -> Sequence[datetime]:
    schedule = job.schedule
    if isinstance(schedule, Manual):
        raise Refused(f"{job.name} has no schedule: there is nothing to backfill.")
    if first > last:
        raise Refused("Give a stretch of the past, its beginning before its end.")
    if (count := schedule.count_between(first, last)) > MOST:
        raise Refused(
            f"{job.name} has {count} occurrences in that time; at most {MOST} can be "
            "backfilled at once."
        )
    return schedule.between(first, last, MOST)


def _intended(
    job: ScheduledJob, first: datetime, last: datetime, *statuses: str
) -> set[datetime]:
    """Return for which instants of the stretch there are runs in these states."""
    stretch = (first, last)
    within = Q(scheduled_for__range=stretch) | Q(intended_for__range=stretch)
    runs = JobRun.objects.filter(within, job=job, status__in=statuses).order_by()
    pairs = runs.values_list("intended_for", "scheduled_for")
    return {each for pair in pairs for each in pair if each is not None}
