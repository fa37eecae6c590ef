"""Calendar: days on which jobs that name it do not run."""

from __future__ import annotations

from collections.abc import Collection

from django.db import models
from django.utils.translation import gettext_lazy as _

from cronmgmt.models.base import Model, valid_name
from cronmgmt.text import NAME_LENGTH


class Calendar(Model):
    """Some days, under a name; written through ``actions.save_calendar``.

    Each job that uses it holds a copy of its days, so that the job's row alone says
    when it runs.
    """

    name = models.CharField(
        max_length=NAME_LENGTH, unique=True, validators=[valid_name]
    )
    description = models.CharField(max_length=500, blank=True)

    class Meta(Model.Meta):
        ordering = ["name"]
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")

    def __str__(self) -> str:
        return self.name

    def closed_days(self) -> list[list[str]]:
        """Return the days as jobs keep them: ISO date and why, in order."""
        days = self.days.order_by("date")
        return [[day.date.isoformat(), day.why] for day in days]


class CalendarDay(Model):
    """One whole day in the time zone of whichever job uses the calendar."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("Holiday")
        FREEZE = "freeze", _("Freeze")

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="days")
    date = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.HOLIDAY)
    note = models.CharField(max_length=200, blank=True)

    class Meta(Model.Meta):
        ordering = ["date"]
        verbose_name = _("day")
        verbose_name_plural = _("days")
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "date"], name="cronmgmt_calendar_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.note}".strip()

    @property
    def why(self) -> str:
        """Why nothing runs then: ``Holiday: Christmas``; stored, hence in English."""
        kind = self.kind.capitalize()
        return f"{kind}: {self.note}" if self.note else kind


def days_of(names: Collection[str]) -> dict[str, list[list[str]]]:
    """Return the days of the calendars of these names, as jobs keep them.

    A name that no calendar has is left out.
    """
    if not names:
        return {}
    calendars = Calendar.objects.filter(name__in=names)
    found: dict[str, list[list[str]]] = {each.name: [] for each in calendars}
    days = CalendarDay.objects.filter(calendar__in=calendars)
    for day in days.select_related("calendar").order_by("date"):
        found[day.calendar.name].append([day.date.isoformat(), day.why])
    return found
