"""LockSlot: a place under a lock, and the run that has it."""

from __future__ import annotations

from django.db import models

from cronmgmt.models.base import Model
from cronmgmt.models.run import JobRun


class LockSlot(Model):
    """One of the places under a lock; made when it is first needed.

    Slot 0 is the gate as well: who takes, frees, parks or wakes under the key holds
    its row lock.
    """

    key = models.CharField(max_length=64)  # a hex digest
    slot = models.PositiveSmallIntegerField()
    run = models.OneToOneField(
        JobRun, models.SET_NULL, null=True, related_name="lock_slot"
    )

    class Meta(Model.Meta):
        ordering = ["key", "slot"]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "slot"], name="cronmgmt_lock_slot_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.slot}: {self.run_id}"
