"""Phrases and notes of a schedule -> sentences in the language of whoever reads."""

from __future__ import annotations

from datetime import timedelta

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from cronmgmt.schedules import Note, Phrase, Schedule, notes, wording


def say(schedule: Schedule, expression: str = "") -> str:
    """Say when a schedule is due; ``expression`` is how it was written.

    An unusual cron expression is put into English words only: others see what was
    written.
    """
    return " ".join(_phrase(each, expression) for each in schedule.words())


def say_note(note: Note) -> str:
    """Say what a clock change does to a schedule, and on which day."""
    text = _(notes.ENGLISH[note.key]).format_map(note.values)
    day = date_format(note.date, pgettext("the form of a date", "j F Y"))
    return f"{day}: {text}"


def _phrase(phrase: Phrase, expression: str) -> str:
    values = dict(phrase.values)
    if phrase.key == "cron.other" and expression and not _is_english():
        return _("by the cron expression {expression}").format(expression=expression)
    if phrase.key == "interval":
        values["duration"] = _duration(timedelta(seconds=int(values["seconds"])))
    if "weekday" in values:
        values["weekday"] = _(str(values["weekday"]))  # Django's own catalogue has it.
    return _(wording.ENGLISH[phrase.key]).format_map(values)


def _is_english() -> bool:
    return (get_language() or "en").startswith("en")


def _duration(duration: timedelta) -> str:
    """Say ``1 hour 30 minutes``, or the unit alone when it is one: ``hour``."""
    hours, rest = divmod(duration.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    counts = (duration.days, hours, minutes, seconds)
    if sum(counts) == 1:
        units = (_("day"), _("hour"), _("minute"), _("second"))
        return units[counts.index(1)]
    texts = (
        ngettext("%(count)d day", "%(count)d days", duration.days),
        ngettext("%(count)d hour", "%(count)d hours", hours),
        ngettext("%(count)d minute", "%(count)d minutes", minutes),
        ngettext("%(count)d second", "%(count)d seconds", seconds),
    )
    found = zip(counts, texts, strict=True)
    return " ".join(text % {"count": count} for count, text in found if count)
