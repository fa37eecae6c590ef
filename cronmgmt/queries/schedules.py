"""A schedule in words, and what it will do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from cronmgmt import clock
from cronmgmt.errors import InvalidSchedule
from cronmgmt.models import ScheduledJob, database, say_problem
from cronmgmt.queries.wording import say, say_note
from cronmgmt.schedules import Note, clock_notes

YEAR = timedelta(days=366)


def in_words(job: ScheduledJob) -> str:
    """Say in plain words when the job runs, or what keeps that from being known."""
    try:
        return say(job.schedule, job.schedule_expression)
    except InvalidSchedule as error:
        return _("unusable schedule: %(error)s") % {"error": say_problem(error)}
    except Exception as error:
        # Whatever a row edited by hand holds, the pages that list it still show it.
        return _("unusable schedule: %(error)s") % {"error": error}


@dataclass(frozen=True, slots=True)
class Preview:
    """When a job will run if nobody changes it, or why that cannot be known.

    Each of ``moments`` starts at that of ``starts``, by its share of the jitter.
    """

    words: str
    moments: list[datetime]
    notes: list[Note]
    starts: list[datetime]

    @property
    def times(self) -> list[tuple[datetime, datetime]]:
        """When each is due, and when it starts."""
        return list(zip(self.moments, self.starts, strict=True))

    @property
    def changes(self) -> list[str]:
        """The notes as sentences."""
        return [say_note(note) for note in self.notes]


def preview(job: ScheduledJob, limit: int = 10, now: datetime | None = None) -> Preview:
    """Return a job's next occurrences, and what clock changes of a year do to it.

    Also for a job that is off: so it would run.
    """
    now = now or clock.now(database())
    try:
        schedule = job.schedule
        moments = schedule.between(now, now + 10 * YEAR, limit)
        notes = clock_notes(schedule, now, now + YEAR)
        starts = [job.start_of(moment) for moment in moments]
    except Exception:
        # Whatever a row edited by hand holds; in_words says what is wrong with it.
        return Preview(in_words(job), [], [], [])
    return Preview(in_words(job), moments, notes, starts)
