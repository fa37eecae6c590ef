"""The columns that say how often a run is tried and within which limits."""

from __future__ import annotations

import re
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
LONGEST_NAME = 200
MOST_NAMES = 50


def valid_errors(value: object) -> None:
    """Raise ValidationError unless ``value`` is a list of exceptions' names."""
    names = value if isinstance(value, list) else [value]
    for name in names:
        fits = isinstance(name, str) and len(name) <= LONGEST_NAME
        if not fits or not DOTTED.fullmatch(str(name)):
            raise ValidationError(
                _("%(name)r names no exception: write ConnectionError or pkg.Error.")
                % {"name": name}
            )
    if not isinstance(value, list) or len(names) > MOST_NAMES:
        raise ValidationError(
            _("Give a list of at most %(most)d names of exceptions.")
            % {"most": MOST_NAMES}
        )


def valid_share(value: float) -> None:
    """Raise ValidationError unless ``value`` is from 0 to 1; NaN is not."""
    if not 0 <= value <= 1:
        raise ValidationError(_("Give a share from 0 to 1: 0.05 is 5 %."))


class Limited(models.Model):
    """Retries beyond the plain ones, what a run may not exceed, and what is aimed at."""

    backoff_ceiling = models.DurationField(
        null=True,
        blank=True,
        help_text=gettext_lazy("The longest wait between two attempts."),
    )
    retry_on = models.JSONField(
        null=True,  # Older code, still running during a deploy, does not write it.
        default=list,
        blank=True,
        validators=[valid_errors],
        help_text=gettext_lazy(
            "Only these exceptions and their subclasses are tried again, by their "
            "names: ConnectionError, requests.Timeout. Empty: all."
        ),
    )

    start_deadline = models.DurationField(
        null=True,
        blank=True,
        help_text=gettext_lazy(
            "A run that no worker has started this long after it was due is missed."
        ),
    )
    memory_limit = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(16)],
        help_text=gettext_lazy(
            "In MB; a run whose worker process uses more is interrupted and fails."
        ),
    )

    failure_aim = models.FloatField(
        null=True,
        blank=True,
        validators=[valid_share],
        help_text=gettext_lazy(
            "The share of its latest runs that may fail, from 0 to 1. Empty: FAILURE_AIM."
        ),
    )

    class Meta:
        abstract = True

    # Set by ScheduledJob.
    backoff: models.DurationField[timedelta | None, timedelta | None]

    def ceiling_is_low(self) -> bool:
        """Return whether the ceiling would cut off the very first wait."""
        first, ceiling = self.backoff, self.backoff_ceiling
        both = isinstance(first, timedelta) and isinstance(ceiling, timedelta)
        return both and bool(first and ceiling and ceiling < first)
