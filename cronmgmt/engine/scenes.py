"""What one look of the scheduler knows besides the rows of the jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max

from cronmgmt.engine.absences import silence_before
from cronmgmt.engine.looking import LOOKAHEAD
from cronmgmt.engine.pauses import pauses_for
from cronmgmt.models import JobRun, Pause, ScheduledJob


@dataclass(frozen=True, slots=True)
class Scene:
    """The present, and what has happened before it.

    ``alive_since`` is the time from which some scheduler has been looking without a
    break, ``silence`` says from when to when none was, as far as that is known.
    ``pauses`` are those under way, and those that a job has yet to account for.
    ``made`` is the latest occurrence of which there is a run, by job; of late jobs.
    """

    now: datetime
    horizon: datetime
    alive_since: datetime
    pauses: Sequence[Pause] = ()
    silence: str = ""
    made: Mapping[int, datetime] = field(default_factory=dict)


def scene_of(
    jobs: Sequence[ScheduledJob], now: datetime, alive_since: datetime
) -> Scene:
    """Return the scene for a batch of due jobs; one more statement, three if late."""
    late = [job for job in jobs if job.next_run_at and job.next_run_at < alive_since]
    return Scene(
        now=now,
        horizon=now + LOOKAHEAD,
        alive_since=alive_since,
        pauses=pauses_for(jobs, now),
        silence=silence_before(alive_since) if late else "",
        made=_made(late) if late else {},
    )


def _made(jobs: Sequence[ScheduledJob]) -> dict[int, datetime]:
    """Return each job's latest occurrence that has a run.

    After a backup of the jobs alone is restored, it is later than their next runs.
    """
    since = min(job.next_run_at for job in jobs if job.next_run_at)
    runs = JobRun.objects.filter(job__in=jobs, scheduled_for__gte=since)
    latest = runs.order_by().values_list("job").annotate(Max("scheduled_for"))
    return dict(latest)
