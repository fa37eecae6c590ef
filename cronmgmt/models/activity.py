"""Activity: who did or tried what, allowed or refused. Only ever added to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NoReturn

from django.db import models

from cronmgmt.errors import AppendOnly
from cronmgmt.models.base import Model, PrimaryManager


class Records(models.QuerySet["Activity"]):
    """Records, which nobody changes or deletes."""

    def update(self, **changes: Any) -> NoReturn:
        """Raise AppendOnly."""
        raise AppendOnly("What somebody did stays on record as it is.")

    def delete(self) -> NoReturn:
        """Raise AppendOnly; the manager forgets what is past its retention."""
        raise AppendOnly("What somebody did stays on record; see ACTIVITY_RETENTION.")

    def forget(self) -> int:
        """Delete them all the same; return how many there were."""
        deleted, _ = super().delete()
        return deleted


class RecordManager(PrimaryManager["Activity"]):
    """Finds records where they were written."""

    def get_queryset(self) -> Records:
        return Records(self.model, using=super().get_queryset().db)

    def forget(self, keys: Sequence[int]) -> int:
        """Delete records that are past their retention; return how many there were."""
        return self.get_queryset().filter(pk__in=keys).forget()


class Activity(Model):
    """One attempt of a person or a program to act."""

    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=150)
    source = models.CharField(max_length=20)  # dashboard, admin, api, command, code
    address = models.CharField(max_length=45, blank=True)
    action = models.CharField(max_length=30)
    allowed = models.BooleanField()
    # Permitted and begun, and undone by an error that nobody meant.
    failed = models.BooleanField(default=False, db_default=False)
    job_name = models.CharField(max_length=100, blank=True)
    job_key = models.BigIntegerField(null=True)  # the job's id, also once it is gone
    execution_id = models.UUIDField(null=True)
    reason = models.TextField(blank=True)  # typed by the person, or why it was refused
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    unusual = models.BooleanField(default=False, db_default=False)

    objects: ClassVar[RecordManager] = RecordManager()

    class Meta(Model.Meta):
        verbose_name_plural = "activity"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["job_name", "-id"], name="cronmgmt_activity_job"),
            models.Index(fields=["job_key", "-id"], name="cronmgmt_activity_key"),
            models.Index(fields=["actor", "-id"], name="cronmgmt_activity_actor"),
            models.Index(fields=["actor", "at"], name="cronmgmt_activity_when"),
            models.Index(fields=["action", "-id"], name="cronmgmt_activity_deed"),
            models.Index(fields=["allowed", "-id"], name="cronmgmt_activity_verdict"),
        ]

    def __str__(self) -> str:
        return f"{self.actor}: {self.action} {self.job_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new record. Raises AppendOnly for one that is there already."""
        if not self._state.adding:
            raise AppendOnly("What somebody did stays on record as it is.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise AppendOnly."""
        raise AppendOnly("What somebody did stays on record; see ACTIVITY_RETENTION.")
