"""ProcessedItem: what a handler has done once and must not do again."""

from __future__ import annotations

from django.db import models

from cronmgmt.models.base import Model


class ProcessedItem(Model):
    """A key that a handler marked as done, see ``run.once``."""

    handler = models.CharField(max_length=200)
    key = models.CharField(max_length=64)  # a digest, so that A and a differ
    label = models.CharField(max_length=200)
    execution_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta(Model.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["handler", "key"], name="cronmgmt_item_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.handler}: {self.label}"
