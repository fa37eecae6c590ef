"""A night's work: pause, write notices, mail them."""

from __future__ import annotations

from datetime import UTC, datetime

from cronmgmt import Run
from project.certification.checking import check
from project.certification.mailing import mail_notices


def look(run: Run, now: datetime) -> dict[str, int]:
    """Do what the day that the run is for asks for; return how much that was."""
    today = (run.intended_for or now).astimezone(UTC).date()
    counts = check(run, today, now)
    return {**counts, "mailed": mail_notices(run.log)}
