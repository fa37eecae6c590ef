"""Run again what a job had, or would have had, to do in a stretch of the past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cronmgmt import clock
from cronmgmt.engine.actions.actor import CODE, Actor, Attempt, attempted
from cronmgmt.engine.actions.finding import find_job
from cronmgmt.engine.actions.runs import merged
from cronmgmt.engine.actions.standing import refuse_unless_in_service
from cronmgmt.engine.backfilling import Backfill, Pace, look, make
from cronmgmt.engine.rings import ring_on_commit
from cronmgmt.models import JobRun, ScheduledJob, database
from cronmgmt.text import clean_text

BATCH = 500
ONE_BY_ONE = Pace()


def preview_backfill(
    name: str,
    first: datetime,
    last: datetime,
    actor: Actor = CODE,
    *,
    again: bool = False,
) -> Backfill:
    """Return what :func:`backfill` would run now; nothing is written.

    Raises UnknownJob, or Refused for a stretch that cannot be backfilled.
    """
    job = find_job(name, actor)
    refuse_unless_in_service(job)
    return look(job, first, last, clock.now(database()), again=again)


def backfill(
    name: str,
    first: datetime,
    last: datetime,
    actor: Actor = CODE,
    *,
    pace: Pace = ONE_BY_ONE,
    params: Mapping[str, Any] | None = None,
    again: bool = False,
    reason: str = "",
) -> Backfill:
    """Queue a run for each occurrence in ``[first, last]`` that lies in the past.

    Left out is what has succeeded, unless ``again``, and what is under way: safe to
    repeat. The handler sees each occurrence as ``run.intended_for``. The runs keep to
    ``pace`` by themselves and, unless the job's own priority is lower, come after all
    other work. Raises UnknownJob, InvalidParameters, Forbidden or Refused.
    """

    def work() -> Backfill:
        find_job(name, actor)
        # Locked, so that two who ask for the same at once do not both make the runs.
        job = ScheduledJob.objects.select_for_update().get(name=name)
        refuse_unless_in_service(job)
        now = clock.now(database())
        plan = look(job, first, last, now, again=again)
        whose = {"requested_by": actor.label, "reason": clean_text(reason, 2000)}
        plan.runs = make(plan, pace, now, params=merged(job, params), **whose)
        _insert(plan.runs, now)
        attempt.change.after = {"runs": len(plan.runs)}
        return plan

    stretch = f"{first.isoformat()} to {last.isoformat()}"
    sentence = f"{stretch}: {reason}" if reason else stretch
    permission = "trigger_scheduledjob"
    attempt = Attempt(actor, "backfill", permission, name, reason=sentence)
    return attempted(attempt, work)


def _insert(runs: list[JobRun], now: datetime) -> None:
    JobRun.objects.bulk_create(runs, BATCH)
    ready = Counter(run.queue for run in runs if run.available_at <= now)
    ring_on_commit(ready)
