"""What the contacts' API was last told about each member."""

from __future__ import annotations

from django.db import models


class Push(models.Model):
    """The latest push of a member; written down before it is sent, and again after."""

    member_number = models.BigIntegerField(primary_key=True)
    digest = models.CharField(max_length=32)
    number = models.PositiveIntegerField()
    """The member's first push is 1: going back to old values is a push of its own."""
    pushed_at = models.DateTimeField(null=True)
    """None: it may or may not have arrived, so it is sent again under the same key."""

    class Meta:
        app_label = "project"

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """The idempotency key: the same however often this push is sent."""
        return f"{self.member_number}-{self.number}-{self.digest}"
