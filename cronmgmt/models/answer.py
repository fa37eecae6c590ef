"""KeptAnswer: what a request under a key was answered, for when it is sent again."""

from __future__ import annotations

from django.db import models

from cronmgmt.models.base import Model


class KeptAnswer(Model):
    """A key of somebody's; without a ``status`` nothing has been done under it yet."""

    digest = models.CharField(max_length=64, unique=True)  # of the owner and the key
    owner = models.CharField(max_length=150)
    fingerprint = models.CharField(max_length=64, blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)  # as it was sent: jsonb would reorder it
    headers = models.JSONField(default=dict)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.owner}: {self.status or 'not answered'}"
