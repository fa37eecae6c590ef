"""Mentors, their certifications, and the notices that these bring about."""

from __future__ import annotations

from django.db import models


class MentorQuerySet(models.QuerySet["Mentor"]):
    """Mentors by what they may do."""

    def public(self) -> MentorQuerySet:
        """Return the mentors whom the public list shows."""
        return self.filter(paused_at=None)


class Mentor(models.Model):
    """A member who helps others, as long as a certification says that they may."""

    name = models.CharField(max_length=100)
    email = models.EmailField()
    paused_at = models.DateTimeField(null=True, blank=True)
    """Since when the mentor is off the public list; a coordinator ends a pause."""
    pause_reason = models.CharField(max_length=200, blank=True)

    objects = MentorQuerySet.as_manager()

    class Meta:
        app_label = "project"

    def __str__(self) -> str:
        return self.name


class Certification(models.Model):
    """One certificate; renewing it adds another that expires later."""

    mentor = models.ForeignKey(Mentor, models.CASCADE, related_name="certifications")
    title = models.CharField(max_length=100)
    expires_on = models.DateField()
    """The first day on which it is no longer valid."""

    class Meta:
        app_label = "project"

    def __str__(self) -> str:
        return f"{self.title} until {self.expires_on}"


class Notice(models.Model):
    """One message to a mentor about one expiry; it is kept as what was said."""

    certification = models.ForeignKey(
        Certification, models.CASCADE, related_name="notices"
    )
    expires_on = models.DateField()
    stage = models.PositiveSmallIntegerField()
    """How many days before the expiry it was due: 30, 14, 7, or 0 at the expiry."""
    subject = models.CharField(max_length=200)
    body = models.TextField()
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "project"
        constraints = [
            models.UniqueConstraint(
                fields=["certification", "expires_on", "stage"],
                name="project_notice_once",
            )
        ]

    def __str__(self) -> str:
        return self.subject
