"""The tables that are copied, by name; a model's columns say what of each."""

from __future__ import annotations

from project import models
from project.sync.copying import Copy

MEMBERS = Copy(models.SourceMember, models.Member)
REGIONS = Copy(models.SourceRegion, models.Region)
FACILITIES = Copy(models.SourceFacility, models.Facility)
POSITIONS = Copy(models.SourcePosition, models.Position)

TABLES = {
    "regions": REGIONS,
    "facilities": FACILITIES,
    "members": MEMBERS,
    "positions": POSITIONS,
}
"""In an order in which each finds what it refers to."""
