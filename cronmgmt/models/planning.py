"""The columns that say when a job runs, and how its next run follows from them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from cronmgmt import clock
from cronmgmt.models.base import database
from cronmgmt.models.pause import Pause, resumes_at
from cronmgmt.schedules import Schedule, build_schedule, delay_within
from cronmgmt.text import NAME_LENGTH, digest


class OnHoliday(models.TextChoices):
    """What becomes of an occurrence on a day that the job's calendar closes."""

    SKIP = "skip", _("leave it out")
    NEXT = "next", _("move it to the next open day")


class Planned(models.Model):
    """When: the schedule, the switch, and the next run that follows from both."""

    class Kind(models.TextChoices):
        CRON = "cron", _("cron expression")
        INTERVAL = "interval", _("interval")
        ONCE = "once", _("one moment")
        MANUAL = "manual", _("only when triggered")

    schedule_kind = models.CharField(
        max_length=10, choices=Kind.choices, default=Kind.CRON
    )
    schedule_expression = models.CharField(
        max_length=200,
        blank=True,
        help_text=_(
            "Cron: “15 7 * * *” (six fields: seconds first). Interval: “30s”, “5m”. "
            "One moment: “2026-03-01 10:00”."
        ),
    )
    timezone = models.CharField(max_length=64, default="UTC")
    jitter = models.DurationField(
        default=timedelta,
        blank=True,
        help_text=_("Start up to this much later, each occurrence by its own share."),
    )
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    calendar = models.CharField(
        max_length=NAME_LENGTH,
        blank=True,
        db_default="",
        default="",
        help_text=_("The name of a calendar: on its days the job does not run."),
    )
    on_holiday = models.CharField(
        max_length=10,
        choices=OnHoliday.choices,
        default=OnHoliday.SKIP,
        db_default=OnHoliday.SKIP,
    )
    # The calendar's days as of its last edit, so that the row alone says when it runs.
    closed_days = models.JSONField(null=True, default=list, blank=True, editable=False)

    enabled = models.BooleanField(default=True)
    off_since = models.DateTimeField(null=True, editable=False)
    off_until = models.DateTimeField(null=True, blank=True)
    off_reason = models.CharField(max_length=500, blank=True)
    off_by = models.CharField(max_length=150, blank=True, editable=False)
    set_aside_reason = models.TextField(blank=True, editable=False)

    next_run_at = models.DateTimeField(null=True, editable=False, db_index=True)
    planned_from = models.CharField(max_length=64, blank=True, editable=False)
    # Up to here a run, a row or a gap stands for every occurrence, also for those that
    # a closed day took out; null where there is nothing of the kind to remember.
    covered_until = models.DateTimeField(null=True, editable=False)
    forgotten_before = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    # Set by ScheduledJob; here so that a schedule can be built from the row.
    name: models.CharField[str, str]
    tags: models.JSONField
    retired_at: models.DateTimeField[datetime | None, datetime | None]

    @property
    def schedule(self) -> Schedule:
        """The schedule as a value. Raises InvalidSchedule for a row edited by hand."""
        return build_schedule(
            self.schedule_kind,
            self.schedule_expression,
            self.timezone,
            key=self.name,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            calendar=self.calendar,
            closed_days=self.closed_days or (),
            on_holiday=self.on_holiday,
        )

    def start_of(self, occurrence: datetime) -> datetime:
        """Return when an occurrence is to start: its share of the jitter later."""
        return occurrence + delay_within(self.name, occurrence, self.jitter)

    def plan(
        self, after: datetime | None = None, pauses: Iterable[Pause] | None = None
    ) -> None:
        """Set the next run to the first occurrence after ``after``, or after now.

        Editing, switching on and changing the zone always continue with the next
        future occurrence, never with a stale one. ``pauses`` are those not over yet,
        if the caller knows them.
        """
        now = after = after or clock.now(database())
        if self.forgotten_before and self.forgotten_before > after:
            after = self.forgotten_before
        if not self.enabled and self.off_until and self.off_until > after:
            after = self.off_until - timedelta(microseconds=1)
        pauses = Pause.not_over(after) if pauses is None else pauses
        resumes = resumes_at(pauses, self, after)
        self.covered_until = now if self.calendar or resumes != after else None
        if resumes is not None and resumes > after:
            after = resumes - timedelta(microseconds=1)
        is_next = self.is_live() and resumes is not None
        self.next_run_at = self.schedule.next_after(after) if is_next else None
        self.planned_from = self.plan_key()

    def is_live(self) -> bool:
        """Return whether the scheduler has anything to do with this job."""
        is_on = self.enabled or self.off_until is not None
        return is_on and not self.retired_at and not self.set_aside_reason

    def plan_is_stale(self) -> bool:
        """Return whether the row changed since its next run was computed."""
        return self.planned_from != self.plan_key()

    def plan_key(self) -> str:
        """Return a digest of all that the next run follows from."""
        return digest(
            self.name,
            self.schedule_kind,
            self.schedule_expression,
            self.timezone,
            self.starts_at and self.starts_at.timestamp(),
            self.ends_at and self.ends_at.timestamp(),
            bool(self.enabled),
            self.off_until and self.off_until.timestamp(),
            bool(self.retired_at),
            bool(self.set_aside_reason),
            *self._closing_key(),
        )

    def _closing_key(self) -> list[object]:
        """Return what calendars and pauses find the job by."""
        key: list[object] = []
        if self.tags:
            key.append(json.dumps(self.tags))
        if self.calendar:
            key += [self.calendar, self.on_holiday, json.dumps(self.closed_days)]
        return key
