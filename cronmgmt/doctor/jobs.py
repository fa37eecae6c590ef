"""What keeps jobs from running: their handlers, parameters, plans and runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from cronmgmt import queries, registry
from cronmgmt.actors import Actor, visible_to
from cronmgmt.doctor.findings import Finding, Level, clock_time, some
from cronmgmt.engine.mending import PLANNED_BY
from cronmgmt.engine.stranded import is_stranded
from cronmgmt.errors import InvalidParameters
from cronmgmt.models import ImportedHandler, Pause, ScheduledJob
from cronmgmt.parameters import check_parameters
from cronmgmt.queries import Summary

OVERDUE = timedelta(minutes=5)
AGES_AWAY = datetime(9000, 1, 1, tzinfo=UTC)
MOST = 500
"""So many jobs, those that are due first, are looked at more closely."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """What is known of the jobs that somebody may see; who runs by himself is ``on``."""

    all: Sequence[Summary]
    now: datetime
    pauses: Sequence[Pause]
    actor: Actor | None

    @property
    def on(self) -> list[Summary]:
        """Those that nobody has switched off, and that are not set aside."""
        return [each for each in self.all if each.state not in ("off", "set-aside")]


def read_jobs(now: datetime, pauses: Sequence[Pause], actor: Actor | None) -> Jobs:
    """Return a line for each job; two statements."""
    return Jobs(queries.summaries(now, pauses, actor), now, pauses, actor)


def of_lines(jobs: Jobs) -> Iterator[Finding]:
    """Yield what the lines themselves tell, or that all is well."""
    found = [
        *_attended(jobs, "set-aside", Level.ERROR),
        *_overdue(jobs),
        *_attended(jobs, "stuck", Level.WARNING),
        *_attended(jobs, "missed", Level.WARNING),
        *_attended(jobs, "off", Level.WARNING),
    ]
    yield from found
    if not found:
        coming = [each.next_run_at for each in jobs.on if each.next_run_at]
        seen = _("Jobs: %(count)d; none is due next.") % {"count": len(jobs.all)}
        if coming:
            words = {"count": len(jobs.all), "at": clock_time(min(coming))}
            seen = _("Jobs: %(count)d; the next is due at %(at)s.") % words
        yield Finding("jobs", Level.OK, seen)


def _attended(jobs: Jobs, why: str, level: Level) -> Iterator[Finding]:
    names = [each.name for each in jobs.all if why in each.attention]
    if not names:
        return
    seen, todo = {
        "set-aside": (
            _("Set aside, for their rows are broken: %(names)s."),
            _("The job's page says what is wrong; correct it in the admin and save."),
        ),
        "stuck": (
            _(
                "Runs have waited, or were left by their worker, for minutes: %(names)s."
            ),
            _("See which node works on their queues, and what their workers do."),
        ),
        "missed": (
            _("Missed a time within the last 24 hours: %(names)s."),
            _("manage.py cronmgmt why NAME says why."),
        ),
        "off": (
            _("Off for more than two weeks without an end: %(names)s."),
            _("Switch them on, or retire what is not needed any more."),
        ),
    }[why]
    yield Finding(f"jobs-{why}", level, seen % {"names": some(names)}, todo)


def _overdue(jobs: Jobs) -> Iterator[Finding]:
    due = jobs.now - OVERDUE
    late = [each for each in jobs.on if each.next_run_at and each.next_run_at < due]
    names = [each.name for each in late if each.state != "paused"]
    if names:
        yield Finding(
            "jobs-overdue",
            Level.ERROR,
            _("Due for minutes, and nobody queues them: %(names)s.")
            % {"names": some(names)},
            _("Start a node that schedules; if there is one, its log says why."),
        )


def of_handlers(jobs: Jobs) -> Iterator[Finding]:
    """Yield which jobs name a handler that this version of the code has not."""
    used = {each.handler for each in jobs.on}
    unknown = {name for name in used if not registry.is_registered(name)}
    if unknown:
        rows = ImportedHandler.objects.filter(name__in=sorted(unknown)[:MOST])
        unknown -= {row.name for row in rows if row.is_genuine}
    names = [each.name for each in jobs.on if each.handler in unknown]
    if names:
        yield Finding(
            "jobs-handlers",
            Level.ERROR,
            _("This version of the code has no handler for: %(names)s.")
            % {"names": some(names)},
            _("Deploy the code that has it, or choose another handler in the admin."),
            some(sorted(unknown)),
        )


def of_declared(jobs: Jobs) -> Iterator[Finding]:
    """Yield which jobs of the code are not in the database.

    Who does not see all jobs is not told: theirs might be among them.
    """
    if jobs.actor is not None and jobs.actor.is_restricted:
        return
    declared = {each.name for each in registry.declarations()}
    missing = declared - {each.name for each in jobs.all}
    if missing:
        rows = ScheduledJob.objects.filter(name__in=sorted(missing)[:MOST])
        missing -= set(rows.values_list("name", flat=True))  # Those are retired.
    if missing:
        yield Finding(
            "jobs-declared",
            Level.ERROR,
            _("The code declares jobs that are not there: %(names)s.")
            % {"names": some(sorted(missing))},
            _("Run: manage.py cronmgmt apply"),
        )


def of_stranded(jobs: Jobs) -> Iterator[Finding]:
    """Yield which jobs have a schedule that goes on, and no next run."""
    lost = Q(next_run_at=None) | Q(next_run_at__gt=AGES_AWAY)
    live = Q(enabled=True) | Q(off_until__isnull=False)
    rows = visible_to(jobs.actor, ScheduledJob.objects.filter(lost & live))
    rows = rows.filter(retired_at=None, set_aside_reason="")
    # What is triggered, and what ran once, has none.
    planned = rows.exclude(schedule_kind__in=("manual", "once")).only(*PLANNED_BY)
    found = planned.order_by("name")[:MOST]
    names = [each.name for each in found if _has_lost_its_next(each, jobs)]
    if names:
        yield Finding(
            "jobs-next-run",
            Level.ERROR,
            _("Have a schedule and no next run: %(names)s.") % {"names": some(names)},
            _("A node plans them anew within five minutes: start one."),
        )


def _has_lost_its_next(job: ScheduledJob, jobs: Jobs) -> bool:
    try:
        return is_stranded(job, jobs.pauses, jobs.now)
    except (TypeError, ValueError):
        return True  # Its schedule cannot be read, so nobody plans it.


def of_parameters(rows: Iterable[dict[str, Any]]) -> Iterator[Finding]:
    """Yield which jobs have parameters that their handler would refuse."""
    names = [each["name"] for each in rows if _is_refused(each)]
    if names:
        yield Finding(
            "jobs-parameters",
            Level.ERROR,
            _("Their handlers refuse the parameters of: %(names)s.")
            % {"names": some(names)},
            _("Open the job in the admin and save it: the form says which."),
        )


def _is_refused(row: dict[str, Any]) -> bool:
    name = row["handler"]
    if not registry.is_registered(name):
        return False  # That is said already.
    try:
        check_parameters(registry.find(name).function, row["params"], name=name)
    except InvalidParameters:
        return True
    return False


def who_mails(rows: Iterable[dict[str, Any]]) -> list[str]:
    """Return the names of the jobs whose ends people are told of by mail."""
    return [each["name"] for each in rows if each["mail_requester"] or each["mail_to"]]


def read_closely(jobs: Jobs) -> list[dict[str, Any]]:
    """Return what else must be known of the jobs that are due first."""
    rows = ScheduledJob.objects.filter(enabled=True, retired_at=None)
    columns = ("name", "handler", "params", "mail_requester", "mail_to")
    seen = visible_to(jobs.actor, rows.filter(set_aside_reason=""))
    return list(seen.order_by("next_run_at", "name").values(*columns)[:MOST])
