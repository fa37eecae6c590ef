"""ScheduledJob: what is to run, when, and by which rules."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cronmgmt.clock import sql_now
from cronmgmt.models.base import Model, valid_name
from cronmgmt.models.keeping import Kept
from cronmgmt.models.limits import Limited
from cronmgmt.models.mailing import Mailed
from cronmgmt.models.overlap import Overlapping
from cronmgmt.models.planning import Planned
from cronmgmt.models.validation import (
    make_storable,
    validate_calendar,
    validate_overlap,
    validate_parameters,
    validate_policies,
    validate_schedule,
    validate_switch,
    validate_types,
)
from cronmgmt.text import NAME_LENGTH, clean_text

PLAN = frozenset(
    ["next_run_at", "planned_from", "revision", "closed_days", "covered_until"]
)
"""What every save computes."""

COUNTED = frozenset(
    [
        "last_execution_id",
        "last_status",
        "last_started_at",
        "last_finished_at",
        "last_duration",
        "last_error",
        "last_success_at",
        "last_success_duration",
        "consecutive_failures",
        "runs_total",
        "failures_total",
        "last_failure_at",
        "last_missed_at",
    ]
)
"""What only the engine changes: when a run ends, or will never be."""


CHECKS = (
    validate_calendar,
    validate_schedule,
    validate_parameters,
    validate_policies,
    validate_overlap,
    validate_switch,
)


class Priority(models.IntegerChoices):
    """Lower is sooner; any number between them is allowed."""

    URGENT = 0, _("urgent")
    HIGH = 10, _("high")
    NORMAL = 20, _("normal")
    LOW = 30, _("low")


class OnLost(models.TextChoices):
    """What becomes of a run whose worker died."""

    REQUEUE = "requeue", _("run it again")
    FAIL = "fail", _("end it as lost")


class ScheduledJob(Planned, Limited, Overlapping, Kept, Mailed, Model):
    """A job: one handler, one schedule and the rules by which it runs."""

    class Misfire(models.TextChoices):
        LATEST = "latest", _("run the latest missed one")
        ALL = "all", _("run all of them, up to a limit")
        NONE = "none", _("run none of them")

    name = models.CharField(
        max_length=NAME_LENGTH, unique=True, validators=[valid_name]
    )
    title = models.CharField(max_length=200, blank=True)
    description = models.TextField(
        blank=True, help_text=_("The runbook: what to do when this job fails.")
    )
    purpose = models.CharField(max_length=500, blank=True)
    dependencies = models.CharField(max_length=500, blank=True)
    owner = models.CharField(max_length=200, blank=True)
    tags = models.JSONField(default=list, blank=True)

    handler = models.CharField(max_length=200)
    params = models.JSONField(_("parameters"), default=dict, blank=True)

    # Schedule: see models/planning.py for the columns that say when.

    queue = models.CharField(max_length=100, default="default", validators=[valid_name])
    priority = models.SmallIntegerField(
        default=Priority.NORMAL,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("0 urgent, 10 high, 20 normal, 30 low"),
    )
    timeout = models.DurationField(_("time-out"), null=True, blank=True)
    expected_duration = models.DurationField(null=True, blank=True)
    max_attempts = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    backoff = models.DurationField(
        null=True,
        blank=True,
        help_text=_("Wait before the second attempt; doubled for each one after it."),
    )
    on_lost = models.CharField(
        max_length=10, choices=OnLost.choices, default=OnLost.REQUEUE
    )
    # Overlap and locks: see models/overlap.py.
    misfire = models.CharField(
        max_length=10, choices=Misfire.choices, default=Misfire.LATEST
    )
    grace = models.DurationField(
        null=True, blank=True, help_text=_("An occurrence older than this is missed.")
    )
    # Retention: see models/keeping.py. Mail: see models/mailing.py.

    # What the code declares. A column that still has the declared value follows the
    # code; one that has another was changed by a person and stays. Who, and when:
    # {column: {"by", "at"}}.
    declared = models.JSONField(default=dict, blank=True, editable=False)
    overrides = models.JSONField(default=dict, blank=True, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    retired_by = models.CharField(max_length=150, blank=True, editable=False)

    # What pages read without touching history, kept by the finishing transaction.
    last_execution_id = models.UUIDField(null=True, editable=False)
    last_status = models.CharField(max_length=10, blank=True, editable=False)
    last_started_at = models.DateTimeField(null=True, editable=False)
    last_finished_at = models.DateTimeField(null=True, editable=False)
    last_duration = models.FloatField(null=True, editable=False)
    last_error = models.TextField(blank=True, editable=False)
    last_success_at = models.DateTimeField(null=True, editable=False)
    last_success_duration = models.FloatField(null=True, editable=False)
    consecutive_failures = models.PositiveIntegerField(default=0, editable=False)
    runs_total = models.PositiveBigIntegerField(default=0, editable=False)
    failures_total = models.PositiveBigIntegerField(default=0, editable=False)
    last_failure_at = models.DateTimeField(null=True, editable=False)  # for good
    last_missed_at = models.DateTimeField(null=True, editable=False)

    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=0, editable=False)
    # Set by ``named``: what the database's clock showed then.
    clock_read: datetime

    class Meta(Model.Meta):
        verbose_name = _("scheduled job")
        verbose_name_plural = _("scheduled jobs")
        ordering = ["name"]
        permissions = [
            ("trigger_scheduledjob", "Can trigger a job"),
            ("switch_scheduledjob", "Can switch a job off and on"),
        ]

    def __str__(self) -> str:
        return self.title or self.name

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Raise ValidationError for what a column cannot hold."""
        errors: dict[str, Any] = dict(validate_types(self))
        try:
            super().clean_fields({*(exclude or ()), *errors})
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def clean(self) -> None:
        """Raise ValidationError for what a form or a program must correct."""
        errors: dict[str, Any] = {}
        for check in CHECKS:
            errors.update(check(self))
        if errors:
            raise ValidationError(errors)

    def make_valid(self) -> None:
        """Bring every value into the form in which it is read back from the row.

        Raises ValidationError. Whether the name is free, the database says.
        """
        make_storable(self)
        self.full_clean(validate_unique=False, validate_constraints=False)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Check everything, plan the next run if the schedule changed, and write.

        Raises ValidationError. Programs are held to the same rules as forms.
        """
        self.make_valid()
        self.revision += 1
        if self.plan_is_stale():
            self.plan()
        chosen = kwargs.get("update_fields")
        if chosen is not None:
            kwargs["update_fields"] = {*chosen, *PLAN}
        elif self.pk and not self._state.adding:
            # A run that ended since this row was read has counted itself.
            kwargs["update_fields"] = _columns() - COUNTED
        super().save(*args, **kwargs)

    def write(self, *columns: str) -> None:
        """Write columns that need no check, and the plan that follows from them.

        A row that is broken elsewhere can still be switched off or retired so.
        """
        self.revision += 1
        if self.plan_is_stale():
            self.plan()
        super().save(update_fields=[*columns, *PLAN])

    @classmethod
    def named(cls, name: str) -> ScheduledJob | None:
        """Return the job of exactly that name; MariaDB finds ``Job`` for ``job``."""
        rows = cls.objects.filter(name=clean_text(name))
        row = rows.annotate(clock_read=sql_now()).first()
        return row if row is not None and row.name == name else None

    @property
    def state(self) -> str:
        """``retired``, ``set-aside``, ``off`` or ``on``."""
        if self.retired_at:
            return "retired"
        if self.set_aside_reason:
            return "set-aside"
        return "on" if self.enabled else "off"

    def is_off(self, now: datetime) -> bool:
        """Return whether a person has switched the job off at that time."""
        return not self.enabled and not (self.off_until and self.off_until <= now)


def _columns() -> set[str]:
    fields = ScheduledJob._meta.concrete_fields
    return {field.name for field in fields if not field.primary_key}
