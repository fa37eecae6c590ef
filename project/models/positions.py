"""Who holds which position: in the source, and as the sync copies it."""

from __future__ import annotations

from django.db import models

from project.models.mirrored import Mirrored


class PositionRecord(models.Model):
    """What both databases know about a position that a member holds or held."""

    position_id = models.BigIntegerField(primary_key=True)
    member_number = models.BigIntegerField()
    facility = models.CharField(max_length=10)
    title = models.CharField(max_length=100)
    is_elected = models.BooleanField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.title} {self.facility}"


class SourcePosition(PositionRecord):
    """A row of another system's table."""

    class Meta:
        app_label = "project"
        db_table = "positions"


class Position(PositionRecord, Mirrored):
    """The copy."""

    class Meta:
        app_label = "project"
