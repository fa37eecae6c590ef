"""``import --from``: what another system runs, read from a file or its tables."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from django.core.management.base import CommandError
from django.utils import timezone

from cronmgmt import clock
from cronmgmt.engine.foreign import celery_beat, crontab, django_q2
from cronmgmt.engine.foreign.mapping import Handlers, read_handlers
from cronmgmt.engine.foreign.moving import Moved, Surroundings
from cronmgmt.engine.foreign.rows import from_dump, from_tables
from cronmgmt.engine.portable import text
from cronmgmt.errors import Refused
from cronmgmt.management.verbs.files import read_text
from cronmgmt.models import database

TABLES = {
    "django-q2": ("django_q", django_q2.move),
    "celery-beat": ("django_celery_beat", celery_beat.move),
}
SOURCES = ["crontab", *TABLES]


def add_source(parser: ArgumentParser) -> None:
    """Add the options for what comes from another system."""
    parser.add_argument(
        "--from", choices=SOURCES, dest="source", help="another system's schedules"
    )
    parser.add_argument(
        "--handlers", metavar="FILE", help="which handler takes the place of what"
    )
    parser.add_argument(
        "--timezone", metavar="ZONE", help="of the other system; else this site's"
    )
    parser.add_argument(
        "--system", action="store_true", help="a crontab with users, as /etc/crontab"
    )
    parser.add_argument(
        "--broker", choices=["rabbitmq", "redis"], help="whose priorities Celery's are"
    )


def read_moved(options: dict[str, Any]) -> Moved:
    """Return what the other system has. Raises CommandError with the file's name."""
    around = Surroundings(
        handlers=_handlers(options["handlers"]),
        timezone=options["timezone"] or timezone.get_default_timezone_name(),
        now=clock.now(database()),
        broker=options["broker"] or "",
    )
    file, source = options["file"], options["source"]
    if source == "crontab":
        if file is None:
            raise CommandError("Give the crontab's file, or - for standard input.")
        return crontab.move(read_text(file), around, system=options["system"])
    app, move = TABLES[source]
    if file is None:
        return move(from_tables(app), around)
    try:
        return move(from_dump(read_text(file), app), around)
    except Refused as refusal:
        raise CommandError(f"{file}: {refusal}") from None


def _handlers(file: str | None) -> Handlers:
    if file is None:
        return Handlers({})
    try:
        return read_handlers(text.parse(read_text(file), text.format_of(file)))
    except Refused as refusal:
        raise CommandError(f"{file}: {refusal}") from None


def print_moved(out: TextIO, moved: Moved) -> None:
    """Print what a person should know of what was not carried."""
    for note in moved.notes:
        out.write(f"Note: {note}\n")
    out.write(
        f"{len(moved.document.jobs)} carried, {moved.count_refused} refused, "
        f"{len(moved.left_out)} left out\n"
    )
