"""The columns that say how many runs of a job, or of a lock, may run at once."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Overlapping(models.Model):
    """Side by side or not: the job's own runs, and those of jobs that share a lock."""

    class Overlap(models.TextChoices):
        SKIP = "skip", _("skip while a run of this job is unfinished")
        WAIT = "wait", _("wait until it has ended")
        ALLOW = "allow", _("run side by side")
        REPLACE = "replace", _("cancel the earlier run and take its place")

    overlap = models.CharField(
        max_length=10, choices=Overlap.choices, default=Overlap.SKIP
    )
    lock_key = models.CharField(
        _("lock"),
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text=_("Runs of all jobs that name the same lock share it."),
    )
    concurrency = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_(
            "A run starts only while fewer than so many hold the lock: the one named "
            "above, or the job's own. Empty: one; without any lock, no limit."
        ),
    )

    class Meta:
        abstract = True
