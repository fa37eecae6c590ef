"""Who asks, and which rows they may see: the one rule of all interfaces.

A Django permission says what somebody may do. A job that is restricted to groups is
there only for their members; for others it is as if it did not exist, and so are its
runs, gaps and records.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from cronmgmt.callers import address_of
from cronmgmt.models import Activity, Gap, JobAccess, JobRun, ScheduledJob
from cronmgmt.models.access import group_key
from cronmgmt.text import clean_text

M = TypeVar("M", bound=Model)

SEE, ACT = JobAccess.May.SEE, JobAccess.May.ACT
LOOK = ("view_scheduledjob", "change_scheduledjob")
"""One of them lets somebody see jobs: as in the admin."""


@dataclass(frozen=True)
class Actor:
    """A person or a program that asks for something.

    ``user`` is the Django user whose permissions and groups count; without one (code
    of the host, a command at the server's shell) everything is allowed. ``source`` is
    ``dashboard``, ``admin``, ``api``, ``command`` or ``code``. Make a new one for each
    request: what it read of groups and restrictions it keeps.
    """

    name: str
    source: str
    user: Any = None
    address: str = ""

    @property
    def label(self) -> str:
        """The name as it is stored."""
        return clean_text(self.name, 150)

    @property
    def is_restricted(self) -> bool:
        """Whether restrictions of jobs to groups hold for the actor."""
        return self.user is not None and not getattr(self.user, "is_superuser", False)

    def may(self, permission: str, job: ScheduledJob | int | None = None) -> bool:
        """Return whether the actor has a permission, such as ``trigger_scheduledjob``.

        With a job or its id: whether it holds for this one too.
        """
        if self.user is None:
            return True
        if not self.user.has_perm(f"cronmgmt.{permission}"):
            return False
        key = job.pk if isinstance(job, ScheduledJob) else job
        return self._reaches(key, _level(permission))

    def may_any(self, *permissions: str) -> bool:
        """Return whether the actor has one of the permissions."""
        return any(self.may(each) for each in permissions)

    def finds(self, job: ScheduledJob) -> bool:
        """Return whether the job is there for the actor, as far as groups decide."""
        return self._reaches(job.pk, SEE)

    def finds_run(self, run: JobRun) -> bool:
        """Return whether a run is there for the actor: if its job is, or it has none."""
        return self._reaches(run.job_id, SEE)

    def sees(self, job: ScheduledJob) -> bool:
        """Return whether the actor may look at a job."""
        return self.may_any(*LOOK) and self.finds(job)

    def sees_run(self, run: JobRun) -> bool:
        """Return whether the actor may look at a run.

        One without a job is there for who may view runs.
        """
        if run.job_id is None:
            return self.may("view_jobrun")
        return self.may_any("view_jobrun", *LOOK) and self.finds_run(run)

    @property
    def barred(self) -> set[int]:
        """The ids of the jobs on which the actor may not act, for their groups."""
        if not self.is_restricted:
            return set()
        return {job_id for job_id, level in self._levels.items() if level < ACT}

    def _reaches(self, job_id: int | None, level: int) -> bool:
        if not self.is_restricted or job_id is None:
            return True
        return self._levels.get(job_id, ACT) >= level

    @cached_property
    def _levels(self) -> dict[int, int]:
        """What the actor may of each job that is restricted; 0 is nothing."""
        rows = JobAccess.objects.order_by().values_list("job_id", "group_key", "may")
        levels: dict[int, int] = {}
        for job_id, group, may in rows:
            level = may if group in self.group_keys else 0
            levels[job_id] = max(level, levels.get(job_id, 0))
        return levels

    @cached_property
    def group_keys(self) -> frozenset[str]:
        """What the actor's groups are compared by."""
        groups = getattr(self.user, "groups", None)
        names = [] if groups is None else groups.values_list("name", flat=True)
        return frozenset(map(group_key, names))

    @property
    def has_limits(self) -> bool:
        """Whether there is any job that is restricted to groups, for this actor."""
        return self.is_restricted and bool(self._levels)


def asking(request: HttpRequest, source: str) -> Actor:
    """Return the person who makes a request: one Actor, however often it is asked."""
    kept: dict[str, Actor] = request.__dict__.setdefault("_cronmgmt_actors", {})
    if source not in kept:
        name = request.user.get_username()
        kept[source] = Actor(name, source, request.user, address_of(request))
    return kept[source]


CODE = Actor("code", "code")
COMMAND = Actor("command", "command")


def visible_to(actor: Actor | None, rows: QuerySet[M]) -> QuerySet[M]:
    """Return those of the jobs, runs, gaps or records that the actor may see.

    None is code, which sees everything.
    """
    if actor is None or actor.user is None:
        return rows
    if rows.model is JobRun:
        return _runs(actor, rows)
    column, permissions = SEEN_BY[rows.model]
    if not actor.may_any(*permissions):
        return rows.none()
    return _without_hidden(actor, rows, column)


SEEN_BY: dict[type[Model], tuple[str, tuple[str, ...]]] = {
    ScheduledJob: ("pk", LOOK),
    Gap: ("job_id", ("view_gap", *LOOK)),
    Activity: ("job_key", ("view_activity",)),
}
"""The column that names the job, and the permissions of which one is needed."""


def _runs(actor: Actor, rows: QuerySet[M]) -> QuerySet[M]:
    if not actor.may("view_jobrun"):
        if not actor.may_any(*LOOK):
            return rows.none()
        rows = rows.filter(job_id__isnull=False)
    return _without_hidden(actor, rows, "job_id")


def _without_hidden(actor: Actor, rows: QuerySet[M], column: str) -> QuerySet[M]:
    if not actor.has_limits:
        return rows
    ours = JobAccess.objects.filter(group_key__in=actor.group_keys)
    others = JobAccess.objects.exclude(job__in=ours.values("job"))
    hidden = others.order_by().values("job_id")
    # Rows that belong to no job stay: NULL is in no list, and not outside one either.
    seen = ~Q(**{f"{column}__in": hidden})
    if rows.model is Activity:
        # Some records know a job by its name alone.
        names = ScheduledJob.objects.filter(pk__in=hidden).order_by().values("name")
        seen &= ~Q(job_key=None, job_name__in=names)
        # As if they had tried something that is not there: that is on record too.
        seen |= Q(actor=actor.label, allowed=False)
    return rows.filter(seen)


def _level(permission: str) -> int:
    return SEE if permission.startswith("view_") else ACT
