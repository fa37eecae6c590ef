"""What is queued, or due at a time -> worked off in this process, one after another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db.models import Min

from cronmgmt import clock
from cronmgmt.clock import SettableClock
from cronmgmt.engine import rings
from cronmgmt.engine.backlog import waiting_queues
from cronmgmt.engine.claiming import claim
from cronmgmt.engine.loop import work_off
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import JobRun, ScheduledJob, Status, database

MOMENT = timedelta(microseconds=1)


@contextmanager
def quiet() -> Iterator[None]:
    """Ring for nobody inside the block: no broker is needed, and none is written to."""
    before = rings.own()
    rings.ring_by(lambda queue, runs: True)
    try:
        yield
    finally:
        rings.ring_by(before)


def run_queued() -> list[JobRun]:
    """Work off everything that may start now, and what that queues in turn.

    In the order in which a worker takes it, queue by queue. A retry that is to wait
    stays queued: move the clock on, or see ``run_until``. Returns the runs that were
    tried, in order, as they are in the database.
    """
    tried: dict[int, None] = {}
    with quiet():
        while queues := waiting_queues():
            for queue in queues:
                while taken := claim(queue).runs:
                    tried.update(dict.fromkeys(run.pk for run in taken))
                    work_off(taken)
            if not tried:
                break  # What waits in them is of no use to anybody, and has ended.
    runs = JobRun.objects.in_bulk(list(tried))
    return [runs[key] for key in tried]


def run_due(at: datetime | None = None) -> list[JobRun]:
    """Run the jobs that are due at that very moment, and whatever waits by then.

    ``at`` is an aware datetime, by default what the clock shows. A settable clock is
    set to it; without one, it is the time for the length of this call. What was due
    before is left out. Returns the runs that were tried.
    """
    moment = (at or clock.now(database())).replace(microsecond=0)
    with _at(moment):
        _plan_from(moment)
        return _turn(moment)


def run_until(until: datetime) -> list[JobRun]:
    """Let the time pass until ``until``, and run all that becomes due, in its order.

    Jobs by their schedules, retries after their backoff, delayed work at its time; at
    each moment the clock shows that moment. Returns the runs that were tried: one that
    was retried is there once.
    """
    tried: dict[int, JobRun] = {}
    with _at(clock.now(database())) as settable:
        _plan_from(settable.time)
        while (moment := _next(settable.time, until)) is not None:
            settable.time = max(moment, settable.time)
            tried.update((run.pk, run) for run in _turn(settable.time))
            if moment < settable.time:
                settable.time += MOMENT  # Nobody could do anything about it.
        settable.time = max(settable.time, until)
    return list(tried.values())


def _turn(now: datetime) -> list[JobRun]:
    with quiet():
        queue_due(now, alive_since=now - timedelta(days=1))
    return run_queued()


def _next(now: datetime, until: datetime) -> datetime | None:
    """Return when there is something to do next, up to ``until``."""
    due = ScheduledJob.objects.filter(next_run_at__lte=until)
    queued = JobRun.objects.filter(status=Status.QUEUED, available_at__lte=until)
    first = due.aggregate(first=Min("next_run_at"))["first"]
    other = queued.aggregate(first=Min("available_at"))["first"]
    return min(filter(None, [first, other]), default=None)


def _plan_from(moment: datetime) -> None:
    """Let each job be due next at its first occurrence from ``moment`` on."""
    for job in ScheduledJob.objects.all():
        job.plan(after=moment - MOMENT)
        plan = {
            "next_run_at": job.next_run_at,
            "planned_from": job.planned_from,
            "covered_until": job.covered_until,
        }
        ScheduledJob.objects.filter(pk=job.pk).update(**plan)


@contextmanager
def _at(moment: datetime) -> Iterator[SettableClock]:
    """Set the clock that a test has set up, or have one for the length of the block."""
    current = clock.current()
    if isinstance(current, SettableClock):
        current.time = moment
        yield current
        return
    settable = SettableClock(moment)
    with clock.use(settable):
        yield settable
