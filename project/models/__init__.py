"""The site's tables: those of the source, their copies, and its own."""

from __future__ import annotations

from project.models.members import Member, MemberRecord, SourceMember
from project.models.mentors import Certification, Mentor, Notice
from project.models.mirrored import Mirrored
from project.models.places import Facility, Region, SourceFacility, SourceRegion
from project.models.positions import Position, SourcePosition
from project.models.pushes import Push

__all__ = [
    "Certification",
    "Facility",
    "Member",
    "MemberRecord",
    "Mentor",
    "Mirrored",
    "Notice",
    "Position",
    "Push",
    "Region",
    "SourceFacility",
    "SourceMember",
    "SourcePosition",
    "SourceRegion",
]
