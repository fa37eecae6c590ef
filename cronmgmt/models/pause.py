"""Pause: everything, or all jobs of a tag, off for a while, with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cronmgmt.models.base import Model


class Tagged(Protocol):
    """What a pause needs to know of a job."""

    tags: object


class Pause(Model):
    """No occurrence from ``since`` up to ``until`` runs; it ends by itself."""

    class Scope(models.TextChoices):
        EVERYTHING = "everything", _("everything")
        TAG = "tag", _("all jobs with a tag")

    scope = models.CharField(max_length=10, choices=Scope.choices)
    tag = models.CharField(max_length=100, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=150, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)

    class Meta(Model.Meta):
        ordering = ["-id"]
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")

    def __str__(self) -> str:
        return self.sentence()

    @classmethod
    def not_over(cls, at: datetime) -> list[Pause]:
        """Return the pauses that go on at ``at`` or begin later, oldest first."""
        rows = cls.objects.filter(Q(until=None) | Q(until__gt=at))
        return list(rows.order_by("since", "id"))

    def covers(self, job: Tagged) -> bool:
        """Return whether the job is among those that it keeps from running."""
        return self.keeps_off(job.tags)

    def keeps_off(self, tags: object) -> bool:
        """Return whether it keeps jobs with these tags from running."""
        if self.scope == self.Scope.EVERYTHING:
            return True
        return isinstance(tags, list) and self.tag in tags

    def sentence(self) -> str:
        """Say who switched what off, until when and why; stored, hence in English."""
        what = "Everything is"
        if self.scope == self.Scope.TAG:
            what = f"All jobs with the tag {self.tag} are"
        until = f"{self.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if self.until else ""
        parts = [f"{what} off", f"until {until}" if until else ""]
        parts.append(f"by {self.by}" if self.by else "")
        said = " ".join(filter(None, parts))
        return f"{said}: {self.reason}" if self.reason else f"{said}."


def resumes_at(
    pauses: Iterable[Pause], job: Tagged, moment: datetime
) -> datetime | None:
    """Return from when the job may run, at or after ``moment``; None: nobody knows.

    ``pauses`` are in the order in which they began.
    """
    ours = [pause for pause in pauses if pause.covers(job)]
    changed = True
    while changed:
        changed = False
        for pause in ours:
            if pause.since <= moment and pause.until is None:
                return None
            if pause.since <= moment and pause.until and moment < pause.until:
                moment, changed = pause.until, True
    return moment
