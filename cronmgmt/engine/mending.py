"""Rows edited by hand -> plans that follow from them again, within minutes.

Whoever changes a job or a calendar through the app leaves nothing to mend: this is for
SQL typed at a prompt. What is due meanwhile, the scheduler itself decides anew. What was
done to a job is put on record; what was done to runs, each run says.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from django.db.models import Q

from cronmgmt import clock
from cronmgmt.actors import Actor
from cronmgmt.engine.absences import cover_overdue
from cronmgmt.engine.looking import LOOKAHEAD
from cronmgmt.engine.records import Deed, record
from cronmgmt.engine.repairing import repair_of_jobs, repair_the_rest
from cronmgmt.engine.stranded import cover_stranded, is_stranded
from cronmgmt.engine.transactions import UNWILLING, in_transaction
from cronmgmt.engine.unreadable import FIRST, LAST, mend_rows, readable
from cronmgmt.models import Pause, ScheduledJob, database, days_of

logger = logging.getLogger("cronmgmt.engine")

MOMENT = 0.05
"""Seconds of work after which a pass lets others go on."""

JOBS_AT_ONCE = 100

MENDER = Actor("mending", "code")

Days = Mapping[str, list[list[str]]]


class Mending:
    """One pass over all jobs in service, and over what is unfinished."""

    def __init__(self) -> None:
        self.mended: list[str] = []
        self._steps = self._pass()

    def go_on(self) -> bool:
        """Work for a moment; False when the pass is over."""
        until = time.monotonic() + MOMENT
        return any(time.monotonic() > until for _ in self._steps)

    def _pass(self) -> Iterator[object]:
        jobs = ScheduledJob.objects.order_by("pk").values_list("pk", flat=True)
        # One that cannot be read keeps all others from being seen, if it comes first.
        beyond = Q(next_run_at__lt=FIRST) | Q(next_run_at__gt=LAST)
        mend_rows(ScheduledJob, list(jobs.filter(beyond)[:JOBS_AT_ONCE]))
        self._pauses = Pause.not_over(clock.now(database()))
        keys = list(jobs)
        for start in range(0, len(keys), JOBS_AT_ONCE):
            self._mend(keys[start : start + JOBS_AT_ONCE])
            yield repair_of_jobs(keys[start : start + JOBS_AT_ONCE])
        yield from repair_the_rest()

    def _mend(self, keys: Sequence[int]) -> None:
        # Who is set aside or retired has no plan.
        jobs = ScheduledJob.objects.filter(retired_at=None, set_aside_reason="")
        found = readable(jobs.filter(pk__in=keys).only(*PLANNED_BY))
        days = days_of({job.calendar for job in found if job.calendar})
        now = clock.now(database())
        for job in found:
            try:
                if is_out_of_step(job, days) or is_stranded(job, self._pauses, now):
                    in_transaction(partial(self._replan, job.pk, days))
            except UNWILLING:
                raise
            except Exception as error:
                # When it is due, it is set aside.
                logger.warning("Job %s cannot be planned: %r", job.name, error)

    def _replan(self, key: int, days: Days) -> None:
        now = clock.now(database())
        row = ScheduledJob.objects.select_for_update().filter(pk=key)
        job = row.filter(retired_at=None, set_aside_reason="").first()
        # What is due, the scheduler decides by itself.
        if job is None or (job.next_run_at and job.next_run_at <= now + LOOKAHEAD):
            return
        take_over_days(job, days)
        if job.plan_is_stale():
            cover_overdue(job)
            job.write("closed_days")
            self._tell(job, "Its row was edited by hand: it is planned anew.")
        elif is_stranded(job, pauses := Pause.not_over(now), now):
            why = cover_stranded(job, pauses, now)
            job.write()
            self._tell(job, why)

    def _tell(self, job: ScheduledJob, why: str) -> None:
        self.mended.append(job.name)
        logger.warning("Job %s: %s", job.name, why)
        record(Deed(MENDER, "mend", job.name, job.pk, reason=why))


PLANNED_BY = (
    *("name", "schedule_kind", "schedule_expression", "timezone", "starts_at"),
    *("ends_at", "enabled", "off_until", "retired_at", "set_aside_reason", "tags"),
    *("calendar", "on_holiday", "closed_days", "planned_from", "next_run_at"),
    *("covered_until", "forgotten_before"),
)
"""The columns that a plan follows from, and the plan."""


def is_out_of_step(job: ScheduledJob, days: Days) -> bool:
    """Return whether its next run does not follow from the row and its calendar."""
    return job.plan_is_stale() or days.get(job.calendar, job.closed_days) != (
        job.closed_days
    )


def take_over_days(job: ScheduledJob, days: Days) -> bool:
    """Give the job its calendar's days; True if it had others."""
    known = days.get(job.calendar)
    if known is None or known == job.closed_days:
        return False
    job.closed_days = known
    return True
