"""TargetResult: how a run went for one of the databases or tenants it goes over."""

from __future__ import annotations

from django.db import models

from cronmgmt.models.base import Model
from cronmgmt.models.run import JobRun, Status
from cronmgmt.targets import LONGEST


class TargetResult(Model):
    """The latest outcome of a run for one target; one row of each, over all attempts.

    No constraint says so: collations would take two names for one. The run's owner
    alone writes, in the transaction that proves the claim.
    """

    run = models.ForeignKey(JobRun, models.CASCADE, related_name="targets")
    target = models.CharField(max_length=LONGEST)
    attempt = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices)
    started_at = models.DateTimeField()
    duration = models.FloatField()  # seconds, by a clock that never jumps
    items = models.BigIntegerField(null=True)
    error_class = models.CharField(max_length=200, blank=True)
    error_message = models.TextField(blank=True)

    class Meta(Model.Meta):
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.target} {self.status}"
