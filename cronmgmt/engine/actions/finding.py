"""The job or run that a verb names, for the person who names it."""

from __future__ import annotations

from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from cronmgmt.actors import CODE, Actor
from cronmgmt.errors import UnknownJob, UnknownRun, shorten
from cronmgmt.models import JobRun, ScheduledJob


def find_job(name: str, actor: Actor = CODE) -> ScheduledJob:
    """Return the job of that name, or raise UnknownJob.

    One that is not there for the actor is told from none by nothing.
    """
    job = ScheduledJob.named(name)
    if job is None or not actor.finds(job):
        raise UnknownJob(
            format_lazy(gettext_lazy("There is no job {name!r}."), name=shorten(name))
        )
    return job


def find_run(execution_id: UUID | str, actor: Actor = CODE) -> JobRun:
    """Return the run of that execution id, or raise UnknownRun."""
    if as_key(execution_id) is None:
        raise UnknownRun(
            format_lazy(
                gettext_lazy("{key!r} is not an execution id."),
                key=shorten(execution_id),
            )
        )
    run = named_run(execution_id)
    if run is None or not actor.finds_run(run):
        raise UnknownRun(
            format_lazy(gettext_lazy("There is no run {key}."), key=execution_id)
        )
    return run


def named_run(execution_id: UUID | str) -> JobRun | None:
    """Return the run of that execution id, whoever asks."""
    key = as_key(execution_id)
    if key is None:
        return None
    return JobRun.objects.select_related("job").filter(execution_id=key).first()


def as_key(execution_id: UUID | str) -> UUID | None:
    """Return an execution id as the database has it; None if it is none."""
    try:
        return UUID(str(execution_id))
    except ValueError:
        return None
