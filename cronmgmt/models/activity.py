"""Activity: who did or tried what, allowed or refused. Only ever added to."""

from __future__ import annotations

from django.db import models

from cronmgmt.models.base import Model


class Activity(Model):
    """One attempt of a person or a program to act."""

    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=150)
    source = models.CharField(max_length=20)  # dashboard, admin, api, command, code
    address = models.CharField(max_length=45, blank=True)
    action = models.CharField(max_length=30)
    allowed = models.BooleanField()
    job_name = models.CharField(max_length=100, blank=True)
    execution_id = models.UUIDField(null=True)
    reason = models.TextField(blank=True)  # typed by the person, or why it was refused
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta(Model.Meta):
        verbose_name_plural = "activity"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["job_name", "-id"], name="cronmgmt_activity_job")
        ]

    def __str__(self) -> str:
        return f"{self.actor}: {self.action} {self.job_name}"
