"""Certifications that expire: mentors off the public list, notices to them."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from cronmgmt import Run, job
from project.certification.nightly import look


@job(
    "certification-expiry",
    cron="0 1 * * *",
    timezone="UTC",
    title="Certification expiry",
    purpose=(
        "Pauses mentors whose certification has expired; sends one notice each at 30, "
        "14 and 7 days and at the expiry."
    ),
    description=(
        "Trigger it again whenever you like: who is paused stays so, and nobody gets a "
        "notice twice. Notices that could not be mailed are in its log, and are tried "
        "again. A coordinator ends a pause after a renewal."
    ),
    dependencies="the mail server",
    owner="Mentoring",
    tags=["mentors", "mail"],
    expected_duration=timedelta(seconds=30),
    timeout=timedelta(minutes=10),
    max_attempts=3,
    backoff=timedelta(minutes=1),
)
def certification_expiry(run: Run) -> dict[str, int]:
    """Return how many were paused, noticed and mailed."""
    return look(run, timezone.now())
