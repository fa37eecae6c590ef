"""The columns that say how long a job's runs are kept, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cronmgmt.conf import conf

MOST = 100_000_000
LONGEST = timedelta(days=365_000)


@dataclass(frozen=True, slots=True)
class Keeping:
    """What to keep of a job's finished runs.

    The latest ``least`` stay however old they are. Of the others those that failed
    stay for ``failures``, the rest for ``successes``, and of each kind at most about
    ``most``; 0 is no limit.
    """

    successes: timedelta
    failures: timedelta
    least: int
    most: int
    enqueued: timedelta | None = None
    """If given, so long what application code enqueued and what succeeded."""

    @property
    def shortest(self) -> timedelta:
        """The age below which no run goes, unless there are too many."""
        return min(self.successes, self.failures, self.enqueued or self.successes)


class Kept(models.Model):
    """How long finished runs are kept, by age and by number."""

    retention = models.DurationField(
        null=True,
        blank=True,
        help_text=_("How long this job's runs are kept. Empty: RETENTION."),
    )
    failure_retention = models.DurationField(
        null=True,
        blank=True,
        help_text=_(
            "How long those that failed are kept. Empty: FAILURE_RETENTION, or the "
            "retention if that is longer."
        ),
    )
    keep_last = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST)],
        help_text=_("So many of the latest are kept however old. Empty: KEEP_LAST."),
    )
    keep_most = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST)],
        help_text=_(
            "At most so many are kept however recent, and as many that failed. "
            "Empty: KEEP_MOST."
        ),
    )

    class Meta:
        abstract = True

    @property
    def keeping(self) -> Keeping:
        """What is kept of this job's runs: its own policies, or the site's."""
        successes = self.retention or conf.RETENTION
        failures = self.failure_retention or max(conf.FAILURE_RETENTION, successes)
        least = conf.KEEP_LAST if self.keep_last is None else self.keep_last
        # What somebody wrote by hand may reach back before the first of all dates.
        successes, failures = min(successes, LONGEST), min(failures, LONGEST)
        return Keeping(successes, failures, least, self.keep_most or conf.KEEP_MOST)

    def keeps_less_than_its_last(self) -> bool:
        """Return whether both numbers are given and contradict each other."""
        return bool(
            self.keep_most and self.keep_last and self.keep_most < self.keep_last
        )
