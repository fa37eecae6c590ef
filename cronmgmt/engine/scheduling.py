"""Due job -> queued run.

A batch is decided in Python first, each job by itself; then one transaction writes
it. Any number of schedulers may race: whoever comes second finds the job's row moved
on, or the occurrence taken.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, connections

from cronmgmt.engine import postgresql, turns
from cronmgmt.engine.deciding import Plan, plan_job
from cronmgmt.engine.folding import fold_skipped
from cronmgmt.engine.inserting import insert_runs
from cronmgmt.engine.looking import LOOKAHEAD
from cronmgmt.engine.overlap import save_new, skip_blocked, skipped
from cronmgmt.engine.replacing import cancel, make_way
from cronmgmt.engine.rings import later_on_commit, ring_on_commit
from cronmgmt.engine.scenes import scene_of
from cronmgmt.engine.transactions import in_transaction
from cronmgmt.engine.unreadable import mend_rows, readable
from cronmgmt.models import Gap, JobRun, ScheduledJob, Status, database
from cronmgmt.models.job import COUNTED

logger = logging.getLogger("cronmgmt.engine")

BATCH = 500

UNREAD = (
    *COUNTED,
    *("title", "description", "purpose", "dependencies", "owner"),
    *("declared", "overrides", "created_at"),
)
"""What of a job nothing is decided from: a third of what there is to read."""

SEVERAL = 20
"""So many updates cost less than one that tells the rows apart."""


def queue_due(now: datetime, alive_since: datetime) -> int:
    """Decide every job due by ``now`` + LOOKAHEAD, at most BATCH of them.

    ``alive_since`` is the time from which some scheduler has been looking without a
    break; what was due before it is subject to the jobs' misfire policies. Returns
    how many jobs were looked at: BATCH means that there may be more. Zero if none of
    them moved on: another scheduler holds them, or it is too early to decide.
    """
    horizon = now + LOOKAHEAD
    due = ScheduledJob.objects.filter(next_run_at__lte=horizon).order_by("next_run_at")
    jobs = readable(due.defer(*UNREAD)[:BATCH])
    jobs = [job for job in jobs if job.next_run_at]  # Else it was just set aside.
    if not jobs:
        return 0
    scene = scene_of(jobs, now, alive_since)
    plans = [plan_job(job, scene) for job in jobs]
    try:
        moved = in_transaction(lambda: _write(plans, now))
    except IntegrityError:
        # Somebody else made one of these runs meanwhile: find out which.
        moved = sum(_write_alone(plan, now) for plan in plans)
    return len(plans) if moved else 0


def _write(plans: Sequence[Plan], now: datetime) -> int:
    """Write what is still ours to write, and return how many jobs moved on."""
    plans = _still_ours(plans)
    runs = [run for plan in plans for run in plan.runs]
    turns.give(runs)
    runs = skip_blocked(runs, now)
    runs, replaced = make_way(runs)
    _put_off(plans, runs)
    gaps = [gap for plan in plans for gap in plan.gaps]
    runs = fold_skipped(runs, gaps)
    insert_runs(runs)
    cancel(replaced)
    Gap.objects.bulk_create(gaps)
    _ring_for(runs, now)
    return _advance(plans)


def _ring_for(runs: Sequence[JobRun], now: datetime) -> None:
    queued = [run for run in runs if run.status == Status.QUEUED]
    soon = [run for run in queued if run.available_at <= now + 2 * LOOKAHEAD]
    ring_on_commit(Counter(run.queue for run in soon))
    for run in queued:
        if run.available_at > now + 2 * LOOKAHEAD:  # By its share of the jitter.
            later_on_commit(run.queue, run.available_at - LOOKAHEAD - now)


def _still_ours(plans: Sequence[Plan]) -> list[Plan]:
    """Lock the jobs; leave out those another scheduler or an edit moved on."""
    jobs = ScheduledJob.objects.filter(pk__in=[plan.job.pk for plan in plans])
    # MariaDB before 10.6 can only wait for another scheduler, and finds its work done.
    skips = connections[database()].features.has_select_for_update_skip_locked
    locked = jobs.select_for_update(skip_locked=skips)
    seen = set(locked.values_list("pk", "next_run_at", "revision"))
    return [p for p in plans if (p.job.pk, p.decided, p.job.revision) in seen]


def _put_off(plans: Sequence[Plan], runs: Sequence[JobRun]) -> None:
    """Let the plans end before the first run that it is too early to decide about."""
    decided = {id(run) for run in runs}
    for plan in plans:
        early = [r.scheduled_for for r in plan.runs if id(r) not in decided]
        plan.next_run_at = min(filter(None, early), default=plan.next_run_at)


def _advance(plans: Sequence[Plan]) -> int:
    for plan in plans:
        if plan.changes:
            ScheduledJob.objects.filter(pk=plan.job.pk).update(**plan.changes)
    moved = {
        plan.job.pk: plan.next_run_at
        for plan in plans
        if plan.next_run_at != plan.decided
    }
    if postgresql.is_usable():
        postgresql.advance(moved)
    else:
        _advance_portably(moved)
    return len(moved)


def _advance_portably(moved: Mapping[int, datetime | None]) -> None:
    """Most jobs share their next instant with others: one update for each instant."""
    at: defaultdict[datetime | None, list[int]] = defaultdict(list)
    for key, moment in moved.items():
        at[moment].append(key)
    if len(at) > SEVERAL:
        jobs = [ScheduledJob(pk=key, next_run_at=to) for key, to in moved.items()]
        ScheduledJob.objects.bulk_update(jobs, ["next_run_at"])
        return
    for moment, keys in at.items():
        ScheduledJob.objects.filter(pk__in=keys).update(next_run_at=moment)


def _write_alone(plan: Plan, now: datetime) -> int:
    """Write one job's plan, each run behind a savepoint: the slow, certain way."""
    try:
        return in_transaction(lambda: _write_each(plan, now))
    except Exception:
        logger.exception("Could not queue %s", plan.job.name)
        return mend_rows(ScheduledJob, [plan.job.pk])


def _write_each(plan: Plan, now: datetime) -> int:
    if not _still_ours([plan]):
        return 0
    turns.give(plan.runs)
    runs, replaced = make_way(skip_blocked(plan.runs, now))
    _put_off([plan], runs)
    made = [run for run in runs if _insert(run, now)]
    cancel([(old, newer) for old, newer in replaced if newer in made])
    Gap.objects.bulk_create(plan.gaps)
    return _advance([plan])


def _insert(run: JobRun, now: datetime) -> bool:
    """Write a run; False if another scheduler made it."""
    if save_new(run):
        occurrence = JobRun.objects.filter(
            job_id=run.job_id, scheduled_for=run.scheduled_for
        )
        if occurrence.exists():
            return False
        # A person triggered the job between our look and our insert.
        run = skipped(run, "a run of this job was unfinished", now)
        run.save(force_insert=True)
    _ring_for([run], now)
    return True
