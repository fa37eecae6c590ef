"""What is shown of a text, and to whom."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from cronmgmt.models import UNFINISHED, Activity, JobRun, Status


def shown_error(text: str, *, allowed: bool) -> str:
    """Return an error's text, or for those who may not read it only that there is one."""
    if not text or allowed:
        return text
    return _("Failed. You may not read error messages.")


def shown_reason(run: JobRun, *, allowed: bool) -> str:
    """Return why a run is as it is; for a failed attempt that is an error's text."""
    is_parked = run.status == Status.WAITING  # Then it names what it waits for.
    tried = run.status in UNFINISHED and run.attempt > 0 and not is_parked
    return shown_error(
        run.reason, allowed=allowed or not (tried or run.status == Status.FAILED)
    )


def shown_record(record: Activity, *, allowed: bool) -> str:
    """Return why somebody acted, or why nothing came of it; that may be an error."""
    return shown_error(record.reason, allowed=allowed or not record.failed)


def iso(moment: datetime | None) -> str | None:
    """Return a moment as programs read it."""
    return moment.isoformat() if moment else None
