"""Write a calendar; the jobs that use it are planned anew at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from cronmgmt.engine.absences import cover_overdue
from cronmgmt.engine.actions.access import refuse_unless_all
from cronmgmt.engine.actions.actor import CODE, Actor, Attempt, attempted
from cronmgmt.errors import InvalidSchedule, Refused, shorten
from cronmgmt.models import Calendar, CalendarDay, ScheduledJob, say_problem
from cronmgmt.text import clean_text, is_name

Day = tuple[date, str] | tuple[date, str, str]
"""A date, a note, and ``holiday`` (if not given) or ``freeze``."""


def save_calendar(
    name: str, days: Iterable[Day], actor: Actor = CODE, *, reason: str = ""
) -> Calendar:
    """Make a calendar, or give the one of that name these days and no others.

    The jobs that use it continue with the next occurrence that it allows. Raises
    Refused when the name cannot be used, or with a job that cannot do with it.
    """
    rows = {day[0]: _row(*day) for day in days}

    def write() -> Calendar:
        if not is_name(name):
            raise Refused(
                format_lazy(
                    gettext_lazy(
                        "{name!r} names no calendar: use a-z, 0-9 and _ . : -"
                    ),
                    name=name,
                )
            )
        calendar, _ = Calendar.objects.get_or_create(name=name)
        calendar.days.all().delete()
        for row in rows.values():
            row.calendar = calendar
        CalendarDay.objects.bulk_create(rows.values())
        return calendar

    new = not Calendar.objects.filter(name=name).exists()
    return change_calendar(write, actor, name=name, new=new, reason=reason)


def change_calendar(
    write: Callable[[], Calendar],
    actor: Actor,
    *,
    name: str,
    new: bool = False,
    reason: str = "",
) -> Calendar:
    """Let ``write`` change a calendar, and plan anew the jobs that use it."""

    def work() -> Calendar:
        # Before anything is written: what a job may do with its days is not said.
        refuse_unless_all(actor, _users(name))
        attempt.change.before = None if new else _facts(name)
        calendar = write()
        attempt.change.after = _facts(name)
        _plan_anew(calendar)
        return calendar

    permission = "add_calendar" if new else "change_calendar"
    attempt = Attempt(actor, "calendar", permission, reason=reason, subject=name)
    return attempted(attempt, work)


def delete_calendar(name: str, actor: Actor = CODE, *, reason: str = "") -> None:
    """Delete a calendar. Raises Refused while a job uses it."""

    def work() -> None:
        refuse_unless_all(actor, _users(name))
        if names := list(_users(name).values_list("name", flat=True)[:5]):
            raise Refused(
                format_lazy(
                    gettext_lazy("Calendar {name} is used by {jobs}."),
                    name=name,
                    jobs=", ".join(names),
                )
            )
        attempt.change.before = _facts(name)
        Calendar.objects.filter(name=name).delete()

    attempt = Attempt(actor, "delete", "delete_calendar", reason=reason, subject=name)
    attempted(attempt, work)


def read_days(text: str) -> list[Day]:
    """Return the days of lines such as ``2026-12-25 Christmas``.

    A range is ``2026-12-24 to 2027-01-02 freeze year-end``. Raises Refused with the
    line that cannot be read.
    """
    found: list[Day] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            found.extend(_days_of(line))
        except ValueError:
            raise Refused(
                format_lazy(
                    gettext_lazy(
                        "{line!r} is no line of a calendar: write 2026-12-25 "
                        "Christmas, or 2026-12-24 to 2026-12-31 freeze year-end."
                    ),
                    line=shorten(line),
                )
            ) from None
    return found


LINE = re.compile(
    r"(?P<first>\d{4}-\d\d-\d\d)(\s*(?:to|\.\.)\s*(?P<last>\d{4}-\d\d-\d\d))?"
    r"(?:[\s,;]+(?:(?P<kind>holiday|freeze)\b:?\s*)?(?P<note>.*))?",
    re.IGNORECASE,
)
LONGEST = 1000


def _days_of(line: str) -> list[Day]:
    match = LINE.fullmatch(line)
    if match is None:
        raise ValueError(line)
    first = date.fromisoformat(match["first"])
    last = date.fromisoformat(match["last"] or match["first"])
    if not 0 <= (last - first).days < LONGEST:
        raise ValueError(line)
    kind = (match["kind"] or CalendarDay.Kind.HOLIDAY).lower()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [(day, match["note"] or "", kind) for day in days]


def _row(
    day: date, note: str = "", kind: str = CalendarDay.Kind.HOLIDAY
) -> CalendarDay:
    return CalendarDay(date=day, note=clean_text(note, 200), kind=kind)


def _facts(name: str) -> dict[str, str]:
    days = CalendarDay.objects.filter(calendar__name=name).order_by("date")
    return {day.date.isoformat(): f"{day.kind} {day.note}".strip() for day in days}


def _users(name: str) -> QuerySet[ScheduledJob]:
    return ScheduledJob.objects.filter(calendar=name).order_by("name")


def _plan_anew(calendar: Calendar) -> None:
    days = calendar.closed_days()
    users = ScheduledJob.objects.filter(calendar=calendar.name)
    for job in users.select_for_update().order_by("pk"):
        job.closed_days = days
        cover_overdue(job)
        try:
            job.write("closed_days")
        except InvalidSchedule as error:
            raise Refused(
                format_lazy(
                    gettext_lazy("{name} cannot do with these days: {error}"),
                    name=job.name,
                    error=say_problem(error),
                )
            ) from None
