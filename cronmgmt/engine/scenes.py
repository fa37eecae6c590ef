"""What one look of the scheduler knows besides the rows of the jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max

from cronmgmt.engine.absences import silence_before
from cronmgmt.engine.looking import LOOKAHEAD
from cronmgmt.engine.pauses import pauses_for
from cronmgmt.models import Gap, JobRun, Pause, ScheduledJob, days_of

DECIDED = (Gap.Kind.SKIPPED, Gap.Kind.MISSED, Gap.Kind.SUPERSEDED)
"""Gaps of occurrences that the scheduler has decided about, as it does of runs."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The present, and what has happened before it.

    ``alive_since`` is the time from which some scheduler has been looking without a
    break, ``silence`` says from when to when none was, as far as that is known.
    ``pauses`` are those under way, and those that a job has yet to account for.
    ``made`` is the latest occurrence with a run or a gap, by job; of late jobs.
    ``days`` are those of the jobs' calendars: somebody may have edited them by hand.
    """

    now: datetime
    horizon: datetime
    alive_since: datetime
    pauses: Sequence[Pause] = ()
    silence: str = ""
    made: Mapping[int, datetime] = field(default_factory=dict)
    days: Mapping[str, list[list[str]]] = field(default_factory=dict)


def scene_of(
    jobs: Sequence[ScheduledJob], now: datetime, alive_since: datetime
) -> Scene:
    """Return the scene for a batch of due jobs; one more statement, more if late or closed."""
    late = [job for job in jobs if job.next_run_at and job.next_run_at < alive_since]
    return Scene(
        now=now,
        horizon=now + LOOKAHEAD,
        alive_since=alive_since,
        pauses=pauses_for(jobs, now),
        silence=silence_before(alive_since) if late else "",
        made=_made(late) if late else {},
        days=days_of({job.calendar for job in jobs if job.calendar}),
    )


def _made(jobs: Sequence[ScheduledJob]) -> dict[int, datetime]:
    """Return each job's latest occurrence that has a run, or did without one.

    After a backup of the jobs alone is restored, it is later than their next runs.
    """
    since = min(job.next_run_at for job in jobs if job.next_run_at)
    runs = JobRun.objects.filter(job__in=jobs, scheduled_for__gte=since)
    gaps = Gap.objects.filter(job__in=jobs, last__gte=since, kind__in=DECIDED)
    made = dict(runs.order_by().values_list("job").annotate(Max("scheduled_for")))
    for job, last in gaps.order_by().values_list("job").annotate(Max("last")):
        made[job] = max(last, made.get(job, last))
    return made
