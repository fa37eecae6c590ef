"""Due job -> what becomes of each of its due occurrences. Writes nothing."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from cronmgmt.conf import conf
from cronmgmt.engine.absences import (
    MOMENT,
    gap_of,
    holiday_gaps,
    off_gap,
    pause_gaps,
)
from cronmgmt.engine.making import make_occurrence
from cronmgmt.engine.mending import take_over_days
from cronmgmt.engine.scenes import Scene
from cronmgmt.models import Gap, JobRun, Origin, ScheduledJob, Status
from cronmgmt.models.pause import resumes_at
from cronmgmt.schedules import Decision, Stretch, decide
from cronmgmt.schedules.misfire import Policy
from cronmgmt.text import clean_text, safe_str

logger = logging.getLogger("cronmgmt.engine")


@dataclass(slots=True)
class Plan:
    """What one look of the scheduler does to one job.

    ``decided`` is the ``next_run_at`` it was computed from: a row that has another
    one by now was decided by somebody else.
    """

    job: ScheduledJob
    decided: datetime | None
    next_run_at: datetime | None
    runs: list[JobRun] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)


def plan_job(job: ScheduledJob, scene: Scene) -> Plan:
    """Decide all occurrences that are due; a broken job is set aside."""
    decided = job.next_run_at
    assert decided
    try:
        is_stale = must_be_planned_anew(job)
        if take_over_days(job, scene.days):
            return _by_new_days(_plan_of(job, decided, scene, is_stale=is_stale))
        return _plan_of(job, decided, scene, is_stale=is_stale)
    except Exception as error:
        # Whatever a row edited by hand holds, it must not stop the other jobs.
        logger.exception("Job %s is set aside", job.name)
        since = job.covered_until or decided - MOMENT
        changes = {**set_aside(error), "covered_until": since}
        return Plan(job, decided, None, changes=changes)


def _plan_of(
    job: ScheduledJob, decided: datetime, scene: Scene, *, is_stale: bool
) -> Plan:
    if is_stale:
        return _plan_anew(job, decided, scene)
    made = scene.made.get(job.pk)
    if made and made >= decided:
        return _go_on_after(made, job, decided)
    if resumes_at(scene.pauses, job, decided) != decided:
        # It was written while the pause began.
        return _put_off(Plan(job, decided, decided), scene)
    return _plan(job, decided, scene)


def _by_new_days(plan: Plan) -> Plan:
    """The job's calendar was edited by hand: note the days it was decided by."""
    days = {"closed_days": plan.job.closed_days, "planned_from": plan.job.plan_key()}
    plan.changes = {**days, **plan.changes}
    return plan


def set_aside(error: Exception) -> dict[str, Any]:
    """Return the columns of a job that cannot be decided because of ``error``.

    Its plan counts as stale, so that it is planned anew once it is repaired.
    """
    reason = f"{type(error).__name__}: {safe_str(error)}"
    return {"set_aside_reason": clean_text(reason, 1000), "planned_from": ""}


def must_be_planned_anew(job: ScheduledJob) -> bool:
    """Return whether the row's next run does not follow from the row itself.

    So it is after an edit by hand, or when an old backup brings back occurrences
    whose runs are long pruned.
    """
    if job.plan_is_stale():
        return True
    assert job.next_run_at
    return bool(job.forgotten_before and job.next_run_at < job.forgotten_before)


def _plan_anew(job: ScheduledJob, decided: datetime, scene: Scene) -> Plan:
    job.plan(after=scene.now, pauses=scene.pauses)
    changes = {name: getattr(job, name) for name in ("planned_from", "covered_until")}
    return Plan(job, decided, job.next_run_at, changes=changes)


def _go_on_after(made: datetime, job: ScheduledJob, decided: datetime) -> Plan:
    """The row was set back, to before occurrences that have been decided since."""
    changes = {"covered_until": made} if job.covered_until else {}
    return Plan(job, decided, job.schedule.next_after(made), changes=changes)


def _plan(job: ScheduledJob, due: datetime, scene: Scene) -> Plan:
    horizon = _before_a_pause(job, due, scene)
    decision = decide(
        job.schedule,
        due,
        horizon,
        alive_since=scene.alive_since,
        policy=cast(Policy, job.misfire),
        grace=job.grace,
        limit=conf.MISFIRE_LIMIT,
        now=scene.now,
        deadline=job.start_deadline and job.start_deadline + job.jitter,
    )
    plan = Plan(job, due, decision.next)
    for occurrence in decision.runs:
        late = occurrence < scene.alive_since
        origin = Origin.CATCH_UP if late else Origin.SCHEDULE
        plan.runs.append(make_occurrence(job, origin, scene.now, occurrence))
    _add_absences(plan, decision, scene)
    _cover(plan, horizon, scene)
    if not job.enabled:
        _end_of_off(plan, scene.now)
    return _put_off(plan, scene)


def _before_a_pause(job: ScheduledJob, due: datetime, scene: Scene) -> datetime:
    """Return up to when to decide: what a pause holds is decided by the next look."""
    covering = (each for each in scene.pauses if each.covers(job))
    begins = [each.since - MOMENT for each in covering if due < each.since]
    return min([scene.horizon, *begins])


def _put_off(plan: Plan, scene: Scene) -> Plan:
    """Move a next run that falls into a pause behind it."""
    job, following = plan.job, plan.next_run_at
    resumes = resumes_at(scene.pauses, job, following) if following else None
    if following is None or resumes == following:
        return plan
    since = plan.changes.get("covered_until", job.covered_until)
    plan.changes["covered_until"] = since or following - MOMENT
    plan.next_run_at = job.schedule.next_after(resumes - MOMENT) if resumes else None
    return plan


def _cover(plan: Plan, horizon: datetime, scene: Scene) -> None:
    """Cover what pauses and closed days took out since the last decision."""
    job = plan.job
    if job.covered_until is None:
        return
    assert plan.decided
    until = min(horizon, plan.next_run_at - MOMENT) if plan.next_run_at else horizon
    plan.gaps += pause_gaps(job, scene.pauses, plan.decided, scene.now)
    plan.gaps += holiday_gaps(job, until, scene.now)
    plan.changes["covered_until"] = until if job.calendar else None


def _add_absences(plan: Plan, decision: Decision, scene: Scene) -> None:
    nobody = f"no scheduler was running{scene.silence}"
    missed = f"Missed: {nobody}, and it is too late now."
    all_of_them = plan.job.misfire == ScheduledJob.Misfire.ALL
    if all_of_them and len(decision.runs) >= conf.MISFIRE_LIMIT:
        missed = f"Missed: {nobody}, and only the latest {len(decision.runs)} are run."
    later = f"Superseded: {nobody}, and a later occurrence ran instead."
    _add(plan, Gap.Kind.MISSED, decision.missed, missed, scene.now)
    _add(plan, Gap.Kind.SUPERSEDED, decision.superseded, later, scene.now)


def _add(
    plan: Plan, kind: str, stretches: Sequence[Stretch], reason: str, now: datetime
) -> None:
    """Cover occurrences that will not run: one by a row, several by a gap."""
    for stretch in stretches:
        if kind == Gap.Kind.MISSED:
            plan.changes["last_missed_at"] = stretch.last
        if stretch.count > 1:
            plan.gaps.append(gap_of(plan.job, kind, stretch, reason, now))
            continue
        run = make_occurrence(plan.job, Origin.SCHEDULE, now, stretch.first)
        run.status, run.reason, run.active_key = Status.MISSED, reason, None
        run.finished_at = now
        plan.runs.append(run)


def _end_of_off(plan: Plan, now: datetime) -> None:
    """The date until which the job was off has passed: it is on again by itself."""
    job = plan.job
    gap = off_gap(job, job.off_until or now, now)
    if gap:
        plan.gaps.append(gap)
    job.enabled, job.off_until, job.off_since = True, None, None
    job.off_reason, job.off_by = "", ""
    plan.changes |= {
        "enabled": True,
        "off_until": None,
        "off_since": None,
        "off_reason": "",
        "off_by": "",
        "planned_from": job.plan_key(),
    }
