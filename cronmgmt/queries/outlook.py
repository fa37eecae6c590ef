"""What runs, and what will in the coming hours, job by job; and when much comes together.

What will is read off the schedules, not off any table: however long ahead, it is one
statement; one more is for what is under way, and one for what waits for its moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from cronmgmt.actors import Actor, visible_to
from cronmgmt.models import JobRun, Pause, ScheduledJob, Status
from cronmgmt.queries.choosing import FAR
from cronmgmt.queries.jobs import UNSHOWN
from cronmgmt.queries.strips import UNLISTED

MOST_JOBS = 500
"""So many jobs at most are looked at, those that are due first."""

MOST_STARTS = 100
"""So many starts of one job are computed; a job with more goes on like that."""

A_WHILE = timedelta(seconds=1)
"""So long at least goes on what should have ended, or may end at any time."""

BUCKET = timedelta(minutes=5)
TOGETHER = 3
"""So many jobs at once at least are worth telling."""

HIDDEN = (*UNSHOWN, *(f"job__{column}" for column in UNLISTED))
"""Long columns of runs and their jobs."""

APART = timedelta(minutes=20)
"""Of those that are closer together only the largest is told."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One job's starts. ``seconds`` is how long a run is expected to take.

    Each start has its share of the job's jitter in it; ``occurrences`` have not.
    ``goes_on`` says that there are more starts, up to the end, at the same distance.
    """

    job: ScheduledJob
    starts: tuple[datetime, ...]
    goes_on: bool
    seconds: float
    occurrences: tuple[datetime, ...] = ()

    @property
    def outlasts_its_interval(self) -> bool:
        """Whether a run is expected to go on still when the next one is due."""
        gaps = self._gaps()
        return bool(gaps) and self.seconds > min(gaps)

    @property
    def is_mostly_running(self) -> bool:
        """Whether a run of it goes on for at least half of the time."""
        gaps = self._gaps()
        return bool(gaps) and self.seconds >= sum(gaps) / len(gaps) / 2

    def _gaps(self) -> list[float]:
        times = self.occurrences or self.starts
        return [(b - a).total_seconds() for a, b in pairwise(times)]


@dataclass(frozen=True, slots=True)
class Going:
    """A run that is under way, and when it should be done; None: nobody knows.

    ``is_over`` says that it should have been.
    """

    run: JobRun
    since: datetime
    until: datetime | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class PileUp:
    """The moment at which most jobs of some time around it run at once."""

    at: datetime
    jobs: tuple[ScheduledJob, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """The lanes, those due first on top, and from ``begin`` on what runs at once.

    ``going`` are the runs under way, the oldest first, at most MOST_JOBS; those of jobs
    count in ``load``, which has the most jobs at once for each BUCKET. ``is_cut`` says
    that there are more jobs than were looked at.
    """

    begin: datetime
    end: datetime
    lanes: tuple[Lane, ...]
    going: tuple[Going, ...]
    load: tuple[int, ...]
    pile_ups: tuple[PileUp, ...]
    is_cut: bool


def outlook(
    now: datetime,
    begin: datetime,
    end: datetime,
    pauses: Sequence[Pause],
    actor: Actor | None = None,
) -> Outlook:
    """Return what is to run from ``now`` up to ``end``; its load counts from ``begin``."""
    due = ScheduledJob.objects.filter(retired_at=None, next_run_at__lt=end)
    rows = visible_to(actor, due).order_by("next_run_at", "name").defer(*UNLISTED)
    jobs = list(rows[: MOST_JOBS + 1])
    waiting = _waiting(now, end, actor)
    lanes = [
        _lane(job, now, end, pauses, waiting.pop(job, [])) for job in jobs[:MOST_JOBS]
    ]
    lanes += [Lane(job, tuple(at), False, _seconds(job)) for job, at in waiting.items()]
    lanes = sorted(filter(_has_starts, lanes), key=lambda lane: lane.starts[0])
    running = _under_way(now, actor)
    events = sorted(
        [*_events(lanes), *_events_of(running, now)], key=lambda event: event[:2]
    )
    peaks = _peaks(events, begin, -(-(end - begin) // BUCKET))
    return Outlook(
        begin=begin,
        end=end,
        lanes=tuple(lanes),
        going=tuple(running),
        load=tuple(len(peak.jobs) for peak in peaks),
        pile_ups=tuple(_largest(peaks)),
        is_cut=len(jobs) > MOST_JOBS,
    )


Event = tuple[datetime, bool, ScheduledJob]
"""When a run of a job begins or, False, ends."""


def _peaks(events: Sequence[Event], begin: datetime, count: int) -> list[PileUp]:
    """Return for each bucket the moment at which most jobs run, and which they are."""
    peaks = [PileUp(begin + at * BUCKET, ()) for at in range(count)]
    running: Counter[ScheduledJob] = Counter()
    before = -1
    for moment, is_start, job in events:
        at = (moment - begin) // BUCKET
        # What ends just as a bucket begins is not in it.
        until = at + 1 if moment > begin + at * BUCKET else at
        for passed in range(before + 1, min(until, count)):
            peaks[passed] = PileUp(begin + passed * BUCKET, _jobs(running))
        before = max(before, until - 1)
        running[job] += 1 if is_start else -1
        if not running[job]:
            del running[job]
        if 0 <= at < count and len(running) > len(peaks[at].jobs):
            peaks[at] = PileUp(moment, _jobs(running))
    return peaks


def _jobs(running: Counter[ScheduledJob]) -> tuple[ScheduledJob, ...]:
    return tuple(sorted(running, key=lambda job: (job.next_run_at or FAR, job.name)))


def _events(lanes: Sequence[Lane]) -> Iterator[Event]:
    """Yield when runs will begin and end."""
    for lane in lanes:
        took = timedelta(seconds=max(lane.seconds, 1.0))
        for start in lane.starts:
            yield start, True, lane.job
            yield start + took, False, lane.job
        if lane.goes_on and lane.is_mostly_running:
            yield lane.starts[-1] + took, True, lane.job


def _events_of(running: Iterable[Going], now: datetime) -> Iterator[Event]:
    """Yield when runs that are under way began, and when they should end."""
    for each in running:
        if each.run.job is not None:
            yield each.since, True, each.run.job
            until = each.until if each.until and each.until > now else now + A_WHILE
            yield until, False, each.run.job


def _under_way(now: datetime, actor: Actor | None) -> list[Going]:
    held = JobRun.objects.filter(lease_expires_at__isnull=False, status=Status.RUNNING)
    rows = visible_to(actor, held).select_related("job").order_by("started_at", "id")
    return [going(run, run.job, now) for run in rows.defer(*HIDDEN)[:MOST_JOBS]]


def going(run: JobRun, job: ScheduledJob | None, now: datetime) -> Going:
    """Return since when a run is under way, and until when it is expected to be."""
    since = run.started_at or now
    usual = _seconds(job) if job else 0.0
    until = since + timedelta(seconds=usual) if usual else None
    return Going(run, since, until, is_over=until is not None and until < now)


def _seconds(job: ScheduledJob) -> float:
    """Return how long a run of the job is expected to take; 0 if nobody knows."""
    expected = job.expected_duration
    return (expected.total_seconds() if expected else job.last_success_duration) or 0.0


def _largest(peaks: Sequence[PileUp], limit: int = 3) -> list[PileUp]:
    """Return the largest that are some way apart."""
    found: list[PileUp] = []
    for peak in sorted(peaks, key=lambda each: (-len(each.jobs), each.at)):
        if len(found) == limit or len(peak.jobs) < TOGETHER:
            break
        if all(abs(peak.at - each.at) > APART for each in found):
            found.append(peak)
    return found


def _waiting(
    now: datetime, end: datetime, actor: Actor | None
) -> dict[ScheduledJob, list[datetime]]:
    """Return what was due and is queued for later, by its share of the jitter."""
    queued = JobRun.objects.filter(finished_at=None, status=Status.QUEUED)
    later = queued.filter(available_at__gt=now, available_at__lt=end)
    spread = later.filter(scheduled_for__isnull=False, job__jitter__gt=timedelta())
    rows = visible_to(actor, spread).select_related("job").order_by("available_at")
    found: dict[ScheduledJob, list[datetime]] = {}
    for run in rows.defer(*HIDDEN)[:MOST_JOBS]:
        if run.job is not None:
            found.setdefault(run.job, []).append(run.available_at)
    return found


def _lane(
    job: ScheduledJob,
    now: datetime,
    end: datetime,
    pauses: Sequence[Pause],
    waiting: Iterable[datetime],
) -> Lane:
    times = _occurrences(job, max(now, job.next_run_at or now), end)
    free = tuple(each for each in times if not _is_paused(job, each, pauses))
    starts = tuple(sorted([*waiting, *map(job.start_of, free)]))
    goes_on = len(times) == MOST_STARTS and bool(free)
    return Lane(job, starts, goes_on, _seconds(job), free)


def _has_starts(lane: Lane) -> bool:
    return bool(lane.starts)


def _occurrences(job: ScheduledJob, first: datetime, end: datetime) -> list[datetime]:
    try:
        return job.schedule.between(first, end, MOST_STARTS)
    except Exception:
        # Whatever a row edited by hand holds, it must not hide the others.
        return []


def _is_paused(job: ScheduledJob, moment: datetime, pauses: Iterable[Pause]) -> bool:
    return any(
        each.since <= moment and (each.until is None or moment < each.until)
        for each in pauses
        if each.covers(job)
    )
