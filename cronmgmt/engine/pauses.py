"""Everything, or all jobs of a tag, off for a while: what that does to plans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from cronmgmt import clock
from cronmgmt.engine.absences import MOMENT, uncovered
from cronmgmt.engine.transactions import in_transaction
from cronmgmt.errors import InvalidSchedule
from cronmgmt.models import Gap, Pause, ScheduledJob, database
from cronmgmt.models.pause import resumes_at

BATCH = 500


def pauses_for(jobs: Iterable[ScheduledJob], now: datetime) -> list[Pause]:
    """Return the pauses under way, and those that the jobs have yet to account for."""
    known = (moment for job in jobs for moment in (job.covered_until, job.next_run_at))
    return Pause.not_over(min(filter(None, known), default=now))


def put_off(pause: Pause, now: datetime) -> int:
    """Move the next runs behind a pause that begins now; return of how many jobs.

    What is overdue is left to the scheduler: it was due before.
    """
    pauses = Pause.not_over(now)
    jobs = _locked().filter(next_run_at__gt=now)
    return _each(jobs_of(pause, jobs), pauses, now, ended=False)


def take_up(pause: Pause, now: datetime) -> int:
    """Continue the jobs of a pause that has ended now with their next occurrence.

    What is overdue is left to the scheduler here as well.
    """
    waiting = Q(next_run_at=None) | Q(next_run_at__gt=now)
    jobs = _locked().filter(waiting, covered_until__isnull=False)
    found = jobs_of(pause, jobs)
    return _each(found, pauses_for(found, now), now, ended=True)


def take_up_stranded() -> int:
    """Plan jobs that wait for the end of a pause that is not there any more.

    Somebody deleted its row by hand. Returns how many jobs were looked at.
    """
    now = clock.now(database())

    def work() -> int:
        stranded = _locked().filter(next_run_at=None, covered_until__isnull=False)
        jobs = [job for job in stranded if job.is_live()]
        return _each(jobs, pauses_for(jobs, now), now, ended=True) if jobs else 0

    return in_transaction(work)


def _locked() -> QuerySet[ScheduledJob]:
    """Return the jobs, locked: an edit must not be undone by what was read before."""
    return ScheduledJob.objects.select_for_update().order_by("pk")


def jobs_of(pause: Pause, jobs: Iterable[ScheduledJob]) -> list[ScheduledJob]:
    """Return those of the jobs that a pause is about."""
    return [job for job in jobs if job.is_live() and pause.covers(job)]


def _each(
    jobs: Sequence[ScheduledJob],
    pauses: Sequence[Pause],
    now: datetime,
    *,
    ended: bool,
) -> int:
    changed: list[ScheduledJob] = []
    gaps: list[Gap] = []
    for job in jobs:
        try:
            gaps.extend(_settle(job, pauses, now, ended=ended))
            changed.append(job)
        except InvalidSchedule:
            continue  # Edited by hand: the scheduler sets it aside.
    _write(changed)
    Gap.objects.bulk_create(gaps)
    return len(changed)


def _write(jobs: Iterable[ScheduledJob]) -> None:
    """Write the jobs' plans: many share one, and each takes one statement."""
    alike: dict[tuple[datetime | None, ...], list[int]] = defaultdict(list)
    for job in jobs:
        alike[job.next_run_at, job.covered_until].append(job.pk)
    for (next_run_at, covered_until), keys in alike.items():
        for start in range(0, len(keys), BATCH):
            some = keys[start : start + BATCH]
            ScheduledJob.objects.filter(pk__in=some).update(
                next_run_at=next_run_at, covered_until=covered_until
            )


def _settle(
    job: ScheduledJob, pauses: Sequence[Pause], now: datetime, *, ended: bool
) -> list[Gap]:
    going_on = [each for each in pauses if each.until is None or each.until > now]
    covered, after = job.covered_until, now
    gaps: list[Gap] = []
    if ended and resumes_at(going_on, job, now) == now:
        # What is due at the very end of a pause is the first that runs.
        after = now - MOMENT
        gaps, covered = uncovered(job, pauses, after), None
    job.plan(after=after, pauses=going_on)
    job.covered_until = covered or job.covered_until
    return gaps
