"""Regions and the facilities in them: in the source, and as the sync copies them."""

from __future__ import annotations

from django.db import models

from project.models.mirrored import Mirrored


class RegionRecord(models.Model):
    """What both databases know about a region."""

    region_id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=50)
    updated_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class SourceRegion(RegionRecord):
    """A row of another system's table."""

    class Meta:
        app_label = "project"
        db_table = "regions"


class Region(RegionRecord, Mirrored):
    """The copy."""

    class Meta:
        app_label = "project"


class FacilityRecord(models.Model):
    """What both databases know about a facility."""

    facility_id = models.BigIntegerField(primary_key=True)
    code = models.CharField(max_length=10)
    # Without a constraint: the source has none, and rows come in the order of their keys.
    region_id = models.BigIntegerField(null=True, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code


class SourceFacility(FacilityRecord):
    """A row of another system's table."""

    class Meta:
        app_label = "project"
        db_table = "facilities"


class Facility(FacilityRecord, Mirrored):
    """The copy."""

    class Meta:
        app_label = "project"
