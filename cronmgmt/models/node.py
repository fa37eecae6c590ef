"""Node: a running ``qcluster`` or ``cronmgmt work``, or ticks; and when last seen."""

from __future__ import annotations

from django.db import models

from cronmgmt.models.base import Model

TICK = "tick"
"""The name of the one row that stands for all ticks; a node's has colons in it."""


class Node(Model):
    """A process that schedules, works, or both; it reports every few seconds."""

    name = models.CharField(max_length=200, unique=True)
    instance = models.CharField(max_length=150)
    pid = models.PositiveIntegerField()
    version = models.CharField(max_length=50)
    workers = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    # Since when some scheduler has been looking without a break, as this one knows.
    scheduling_since = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta(Model.Meta):
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_tick(self) -> bool:
        """Whether this is no process, but ticks that come again and again."""
        return self.name == TICK
