"""Restrict a job to groups, or open it again; what reaches further than one job."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy

from cronmgmt.actors import CODE, Actor
from cronmgmt.engine.actions.actor import Attempt, attempted
from cronmgmt.engine.actions.finding import find_job
from cronmgmt.engine.restricting import groups_of, replace_groups
from cronmgmt.errors import Forbidden
from cronmgmt.models import ScheduledJob


def restrict_job(
    name: str, groups: Mapping[str, str], actor: Actor = CODE, *, reason: str = ""
) -> ScheduledJob:
    """Let only these groups know of a job; ``{}`` opens it to all with the permission.

    ``groups`` are names, each with ``"see"`` or ``"act"``, which includes seeing.
    Raises InvalidJob for what is neither.
    """

    def work() -> ScheduledJob:
        find_job(name, actor)
        job = ScheduledJob.objects.select_for_update().get(name=name)
        attempt.change.before = {"access": groups_of(job)}
        replace_groups(job, groups)
        attempt.change.after = {"access": dict(groups)}
        return job

    permission = "change_scheduledjob"
    attempt = Attempt(actor, "restrict", permission, name, reason=reason)
    return attempted(attempt, work)


def refuse_unless_all(actor: Actor, jobs: Iterable[ScheduledJob]) -> None:
    """Raise Forbidden if the actor may not act on one of the jobs, for their groups.

    What it is about is not said: it may be a job that the actor must not know of.
    """
    barred = actor.barred
    if any(job.pk in barred for job in jobs):
        raise Forbidden(gettext_lazy("This would change jobs that you may not act on."))
