"""How a job or run stands -> why nothing can be done with it now, as a refusal."""

from __future__ import annotations

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from cronmgmt import registry
from cronmgmt.conf import conf
from cronmgmt.engine.overlap import active_keys
from cronmgmt.errors import Blocked, InvalidTargets, Refused, shorten
from cronmgmt.models import JobRun, ScheduledJob, Status
from cronmgmt.targets import listed, names_of, nearest


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


def refuse_unknown_target(run: JobRun) -> None:
    """Raise Refused for a run of one target that its handler does not go over.

    What this process does not know, the worker decides.
    """
    name, wanted = run.job_name, run.target
    if not wanted or not registry.is_registered(run.handler):
        return
    targets = registry.targets_of(run.handler)
    if targets is None:
        text = gettext_lazy("{name} does not run over targets: leave {target!r} out.")
        raise Refused(format_lazy(text, name=name, target=shorten(wanted)))
    try:
        names = names_of(name, targets)
    except InvalidTargets as error:
        raise Refused(str(error)) from error
    if wanted in names:
        return
    text = gettext_lazy("{name} has no target {target!r}; it has {known}.")
    if near := nearest(wanted, names):
        text = gettext_lazy(
            "{name} has no target {target!r}; it has {known}. Did you mean {near}?"
        )
    known, target = listed(names), shorten(wanted)
    raise Refused(format_lazy(text, name=name, target=target, known=known, near=near))


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
