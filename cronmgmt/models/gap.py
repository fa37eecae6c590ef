"""Gap: several occurrences in a row that did not run, for one reason."""

from __future__ import annotations

from django.db import models

from cronmgmt.models.base import Model
from cronmgmt.models.job import ScheduledJob


class Gap(Model):
    """Consecutive occurrences that did not run, and one sentence why.

    What was decided and not run may be a single row of JobRun instead.
    """

    class Kind(models.TextChoices):
        MISSED = "missed"  # no scheduler was there, and they are too old now
        SUPERSEDED = "superseded"  # a later one ran in their place
        SKIPPED = "skipped"  # an earlier run was unfinished
        OFF = "off"  # the job was switched off
        HOLIDAY = "holiday"  # the job's calendar closes that day
        BROKEN = "broken"  # set aside, or its plan was taken away: the row was broken

    job = models.ForeignKey(ScheduledJob, models.CASCADE, related_name="gaps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    first = models.DateTimeField()
    last = models.DateTimeField()
    count = models.PositiveIntegerField()
    reason = models.TextField()
    created_at = models.DateTimeField()

    class Meta(Model.Meta):
        ordering = ["-last"]
        indexes = [models.Index(fields=["job", "-last"], name="cronmgmt_gap_history")]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.count} {self.kind} until {self.last}"
