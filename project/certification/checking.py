"""Certifications -> mentors paused, and notices written down."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Protocol

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from project.certification.stages import EXPIRED, FIRST, stage, wording
from project.models import Certification, Mentor, Notice


class Marker(Protocol):
    """What of a run the check uses."""

    def once(self, key: object) -> bool:
        """Return True the first time the key is asked for."""


def check(run: Marker, today: date, now: datetime) -> dict[str, int]:
    """Pause whose certification has expired; write down each notice that is due.

    Doing it again changes nothing. Returns how many were paused and how many notices
    were written.
    """
    paused = written = 0
    for certification in near_expiry(today):
        left = (certification.expires_on - today).days
        # The mark of ``once`` and what it stands for: both are kept, or neither is.
        with transaction.atomic():
            if left <= EXPIRED:
                paused += _pause(certification, now)
            written += _write(certification, left, run, now)
    return {"paused": paused, "notices": written}


def near_expiry(today: date) -> QuerySet[Certification]:
    """Return what may be due: each mentor's last certification, unless all is done."""
    near = Certification.objects.filter(expires_on__lte=today + timedelta(days=FIRST))
    later = Q(expires_on__gt=OuterRef("expires_on")) | Q(
        expires_on=OuterRef("expires_on"), pk__gt=OuterRef("pk")
    )
    renewed = Certification.objects.filter(later, mentor=OuterRef("mentor"))
    told = Notice.objects.filter(
        certification=OuterRef("pk"), expires_on=OuterRef("expires_on"), stage=EXPIRED
    )
    return (
        near.exclude(Exists(renewed))
        .exclude(Exists(told), mentor__paused_at__isnull=False)
        .select_related("mentor")
        .order_by("pk")
    )


def _pause(certification: Certification, now: datetime) -> int:
    mentor = Mentor.objects.filter(pk=certification.mentor_id, paused_at=None)
    reason = f"{certification.title} expired on {certification.expires_on}"
    return mentor.update(paused_at=now, pause_reason=reason)


def _write(certification: Certification, left: int, run: Marker, now: datetime) -> bool:
    """Write the notice down, unless it or a later one is; True if it was not."""
    expires_on, due = certification.expires_on, stage(left)
    # A run for an earlier day, done again, must not send what is out of date.
    told = Notice.objects.filter(
        certification=certification, expires_on=expires_on, stage__lte=due
    )
    if told.exists() or not run.once(f"{certification.pk}:{expires_on}:{due}"):
        return False
    subject, body = wording(
        certification.mentor.name, certification.title, expires_on, left
    )
    Notice.objects.create(
        certification=certification,
        expires_on=expires_on,
        stage=due,
        subject=subject,
        body=body,
        written_at=now,
    )
    return True
