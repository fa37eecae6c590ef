"""Members: as the source's database has them, and the copy that the sync keeps."""

from __future__ import annotations

from django.db import models

from project.models.mirrored import Mirrored


class MemberRecord(models.Model):
    """What both databases know about a member; the first column is the key."""

    class Status(models.TextChoices):
        ACTIVE = "Active"
        RETIRED = "Retired"
        INACTIVE = "Inactive"

    # A number, not text: collations of two databases sort text in two ways.
    member_number = models.BigIntegerField(primary_key=True)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    email = models.EmailField()
    phone = models.CharField(max_length=30, blank=True)
    facility = models.CharField(max_length=10)
    region = models.CharField(max_length=50)
    status = models.CharField(max_length=10, choices=Status.choices)
    joined_on = models.DateField()
    retired_on = models.DateField(null=True, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.member_number} {self.first_name} {self.last_name}"


class SourceMember(MemberRecord):
    """A row of another system's table; the demo site makes it up."""

    class Meta:
        app_label = "project"
        db_table = "members"


class Member(MemberRecord, Mirrored):
    """The copy."""

    class Meta:
        app_label = "project"
