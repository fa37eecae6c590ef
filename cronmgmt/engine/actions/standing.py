"""How a job or run stands -> why nothing can be done with it now, as a refusal."""

from __future__ import annotations

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from cronmgmt.conf import conf
from cronmgmt.engine.overlap import active_keys
from cronmgmt.errors import Blocked, Refused
from cronmgmt.models import JobRun, ScheduledJob, Status


def refuse_unless_finished(run: JobRun) -> None:
    """Raise Refused for a run that waits or runs."""
    if not run.is_finished:
        raise Refused(
            format_lazy(
                gettext_lazy("Run {number} is {state}; cancel it first."),
                number=run.pk,
                state=Status(run.status).label,
            )
        )


def refuse_unless_runnable(job: ScheduledJob) -> None:
    """Raise Refused or Blocked if no run of the job can be made now."""
    refuse_unless_in_service(job)
    # The constraint decides in any case; this names the run before the attempt.
    if job.overlap != ScheduledJob.Overlap.REPLACE:
        refuse_if_full(job)


def refuse_unless_in_service(job: ScheduledJob) -> None:
    """Raise Refused if no run of the job may be made at all."""
    if not conf.ENABLED:
        raise Refused(
            gettext_lazy("Nothing runs on this site: CRONMGMT['ENABLED'] is False.")
        )
    if job.retired_at:
        raise Refused(
            format_lazy(
                gettext_lazy("{name} is retired; register it again to run it."),
                name=job.name,
            )
        )
    if job.set_aside_reason:
        raise Refused(
            format_lazy(
                gettext_lazy("{name} is set aside: {reason}"),
                name=job.name,
                reason=job.set_aside_reason,
            )
        )


def refuse_if_full(job: ScheduledJob | None) -> None:
    """Refuse if unfinished runs have all active keys of the job."""
    keys = active_keys(job)
    holders = list(JobRun.objects.filter(active_key__in=keys).order_by("pk"))
    if job is None or not keys or len(holders) < len(keys):
        return
    first = holders[0]
    because = format_lazy(
        gettext_lazy(
            "{name}: run {number} is {state}, and runs of this job do not overlap."
        ),
        name=job.name,
        number=first.pk,
        state=Status(first.status).label,
    )
    if job.overlap == ScheduledJob.Overlap.WAIT:
        because = _crowded(job, len(keys))
    raise Blocked(because, execution_id=str(first.execution_id))


def _crowded(job: ScheduledJob, most: int) -> Any:
    """Say why no more runs of a job may wait."""
    may_run = job.concurrency or 1
    return format_lazy(
        gettext_lazy(
            "{name}: {most} runs of this job were unfinished: {running} may run and "
            "{waiting} may wait."
        ),
        name=job.name,
        most=most,
        running=may_run,
        waiting=most - may_run,
    )
