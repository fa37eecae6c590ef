"""What is old enough, or too much -> deleted, a moment's work at a time.

A pass goes over all jobs, of each from its oldest run up to the first that is young:
what it costs grows with the jobs and with what there is to delete, not with history.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from django.db.models import Max, Min, QuerySet

from cronmgmt import clock
from cronmgmt.conf import conf
from cronmgmt.engine import locks
from cronmgmt.engine.deleting import Batches, delete_runs
from cronmgmt.engine.unreadable import readable
from cronmgmt.models import (
    FAILURES,
    Activity,
    Gap,
    JobRun,
    Keeping,
    KeptAnswer,
    Node,
    Origin,
    ScheduledJob,
    database,
)

MOMENT = 0.05
"""Seconds of work after which a pass lets others go on."""

PAGE = 1000
WIDEST = 50 * PAGE
JOBS_AT_ONCE = 100
NODES_KEPT = timedelta(days=7)
WITHOUT_JOB = ""
COLUMNS = ("pk", "status", "origin", "scheduled_for", "finished_at")


class Row(NamedTuple):
    """What a pass needs to know of a run."""

    key: int
    status: str
    origin: str
    scheduled_for: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which of a job's runs stay or go whatever their age: ids."""

    kept_from: int | None = None
    too_many_up_to: int = 0
    too_many_failures_up_to: int = 0


class Pruning:
    """One pass over everything; ``dry_run`` only counts.

    ``runs`` and ``failures`` say how many were found by job name, ``rest`` how many
    other rows by what they are.
    """

    def __init__(self, *, dry_run: bool = False) -> None:
        self.runs: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.rest: Counter[str] = Counter()
        self._now = clock.now(database())
        self._dry_run = dry_run
        self._batches = Batches()
        self._newest = JobRun.objects.aggregate(Max("pk"))["pk__max"] or 0
        self._steps = self._pass()

    def go_on(self) -> bool:
        """Work for a moment; False when the pass is over."""
        until = time.monotonic() + MOMENT
        return any(time.monotonic() > until for _ in self._steps)

    def _pass(self) -> Iterator[object]:
        keys = list(ScheduledJob.objects.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(keys), JOBS_AT_ONCE):
            yield from self._some_jobs(keys[start : start + JOBS_AT_ONCE])
        yield from self._walk(None, WITHOUT_JOB, _site(), Bounds())
        yield from self._the_rest()

    def _some_jobs(self, keys: Sequence[int]) -> Iterator[object]:
        gaps: defaultdict[timedelta, list[int]] = defaultdict(list)
        jobs = ScheduledJob.objects.only(
            "name", "retention", "failure_retention", "keep_last", "keep_most"
        )
        for job in readable(jobs.filter(pk__in=keys)):
            keeping = job.keeping
            gaps[keeping.failures].append(job.pk)
            bounds = self._bounds(job.pk, keeping)
            if bounds is not None:
                yield from self._walk(job.pk, job.name, keeping, bounds)
            yield None
        for age, of_jobs in gaps.items():
            old = Gap.objects.filter(job__in=of_jobs, last__lt=self._now - age)
            yield from self._plainly("gaps", old)

    def _bounds(self, job: int, keeping: Keeping) -> Bounds | None:
        """Return which runs may go at all; None if there is none such."""
        runs = JobRun.objects.filter(job=job)
        first = runs.order_by("pk").values_list("pk", "finished_at").first()
        if first is None:
            return None
        oldest, finished_at = first
        crowded = None
        if keeping.most and self._newest - oldest >= keeping.most:
            crowded = _at(runs, keeping.most)
        is_young = finished_at and finished_at >= self._now - keeping.shortest
        if is_young and crowded is None:
            return None
        kept = _at(runs, keeping.least - 1) if keeping.least else None
        if keeping.least and kept is None:
            return None  # It has not that many yet.
        if crowded is None:
            return Bounds(kept)
        failed = runs.filter(pk__lte=crowded, status__in=FAILURES)
        return Bounds(kept, crowded, _at(failed, keeping.most) or 0)

    def _walk(
        self, job: int | None, name: str, keeping: Keeping, bounds: Bounds
    ) -> Iterator[object]:
        """Go over a job's runs from the oldest; delete, or count, what may go."""
        pages = _pages(job, bounds) if job else _pages_without_job(self._newest)
        for page in pages:
            old = [row for row in page if self._may_go(row, keeping, bounds)]
            self.runs[name] += len(old)
            self.failures[name] += sum(row.status in FAILURES for row in old)
            last = max(filter(None, (row.scheduled_for for row in old)), default=None)
            deleting = partial(delete_runs, job, last)
            yield from self._delete([row.key for row in old], deleting)
            if page and self._is_young(page, keeping, bounds):
                return
            yield None

    def _may_go(self, row: Row, keeping: Keeping, bounds: Bounds) -> bool:
        if row.finished_at is None:
            return False
        if row.status in FAILURES:
            too_many, age = bounds.too_many_failures_up_to, keeping.failures
        else:
            too_many, age = bounds.too_many_up_to, keeping.successes
            if row.origin == Origin.ENQUEUE and keeping.enqueued:
                age = keeping.enqueued
        return row.key <= too_many or row.finished_at < self._now - age

    def _is_young(self, page: Sequence[Row], keeping: Keeping, bounds: Bounds) -> bool:
        """Return whether nothing behind this page is worth a look."""
        if page[-1].key <= bounds.too_many_up_to:
            return False
        young = self._now - keeping.shortest
        return all(row.finished_at is None or row.finished_at >= young for row in page)

    def _the_rest(self) -> Iterator[object]:
        nodes = Node.objects.filter(seen_at__lt=self._now - NODES_KEPT)
        yield from self._plainly("nodes", nodes)
        activity = Activity.objects.filter(at__lt=self._now - conf.ACTIVITY_RETENTION)
        yield from self._plainly("activity", activity)
        answers = KeptAnswer.objects.filter(expires_at__lte=self._now)
        yield from self._plainly("answers", answers)
        if not self._dry_run:
            locks.forget_unused()

    def _plainly(self, what: str, old: QuerySet[Any]) -> Iterator[object]:
        rows = old.order_by("pk").values_list("pk", flat=True)
        if self._dry_run:
            self.rest[what] += rows.count()
            return
        while keys := list(rows[:PAGE]):
            self.rest[what] += len(keys)
            yield from self._delete(keys, _deleting(old))

    def _delete(
        self, keys: Sequence[int], delete: Callable[[Sequence[int]], object]
    ) -> Iterator[object]:
        return iter(()) if self._dry_run else self._batches.of(keys, delete)


def prune(*, dry_run: bool = False) -> Pruning:
    """Delete, or count, all that is past its retention, and say how much it was.

    Half of the time is left to others, who may wait for the same tables.
    """
    pruning = Pruning(dry_run=dry_run)
    while pruning.go_on():
        time.sleep(MOMENT)
    return pruning


def _site() -> Keeping:
    """What is kept of runs whose job is gone, or who never had one."""
    failures = max(conf.FAILURE_RETENTION, conf.RETENTION)
    return Keeping(conf.RETENTION, failures, 0, 0, enqueued=conf.WORK_RETENTION)


def _pages(job: int, bounds: Bounds) -> Iterator[list[Row]]:
    """Read a job's runs from the oldest, as far as they may go at all."""
    runs = JobRun.objects.filter(job=job)
    if bounds.kept_from is not None:
        runs = runs.filter(pk__lt=bounds.kept_from)
    cursor, full = 0, True
    while full:
        # By job as well, though there is but one: the index is in this order.
        following = runs.filter(pk__gt=cursor).order_by("-job_id", "pk")
        page = [Row(*row) for row in readable(following.values_list(*COLUMNS)[:PAGE])]
        yield page
        full = len(page) == PAGE
        cursor = page[-1].key if page else cursor


def _pages_without_job(newest: int) -> Iterator[list[Row]]:
    """Read the runs of no job, a range of ids at a time.

    Databases find those without a job by an index, but not in order.
    """
    runs = JobRun.objects.filter(job=None)
    cursor, window = (JobRun.objects.aggregate(Min("pk"))["pk__min"] or 1) - 1, PAGE
    while cursor < newest:
        some = runs.filter(pk__gt=cursor, pk__lte=cursor + window).order_by("pk")
        page = [Row(*row) for row in readable(some.values_list(*COLUMNS)[:PAGE])]
        yield page
        is_full = len(page) == PAGE
        cursor = page[-1].key if is_full else cursor + window
        window = PAGE if is_full else min(2 * window, WIDEST)


def _at(runs: QuerySet[JobRun], place: int) -> int | None:
    """Return the id of the run at that place, counted from the latest."""
    keys = runs.order_by("job_id", "-pk").values_list("pk", flat=True)
    return next(iter(keys[place : place + 1]), None)


def _deleting(old: QuerySet[Any]) -> Callable[[Sequence[int]], object]:
    if old.model is Activity:
        return Activity.objects.forget
    # Asked again: one of them may have come to life meanwhile.
    return lambda keys: old.filter(pk__in=keys).delete()
