"""HourCount: how many runs ended in an hour that is over."""

from __future__ import annotations

from django.db import models

from cronmgmt.models.base import Model


class HourCount(Model):
    """What ended within the hour from ``begin`` on; no row where nobody counted yet.

    Runs that are pruned afterwards stay counted.
    """

    begin = models.DateTimeField(unique=True)
    succeeded = models.PositiveBigIntegerField()
    failed = models.PositiveBigIntegerField()

    class Meta(Model.Meta):
        default_permissions = ()
        ordering = ["begin"]

    def __str__(self) -> str:
        return f"{self.begin}: {self.succeeded} succeeded, {self.failed} failed"
