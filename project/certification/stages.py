"""The days that are left -> the notice that is due. No database, no clock."""

from __future__ import annotations

from datetime import date

STAGES = (30, 14, 7, 0)
"""How many days before the expiry a notice is due."""
FIRST, EXPIRED = STAGES[0], STAGES[-1]


def stage(left: int) -> int | None:
    """Return the notice that is due so many days before; None while it is too early.

    A day on which nobody looked does no harm: a notice is due until the next one is.
    """
    return min((stage for stage in STAGES if left <= stage), default=None)


def wording(name: str, title: str, expires_on: date, left: int) -> tuple[str, str]:
    """Return the subject and the body of a notice, so many days before the expiry."""
    if left <= EXPIRED:
        subject = f"Your certification has expired: {title}"
        what = f"expired on {expires_on}. You are off the public list of mentors."
        then = "Renew it, and your coordinator will put you back."
    else:
        subject = f"Your certification expires on {expires_on}: {title}"
        what = f"expires on {expires_on}, in {left} day{'s' * (left != 1)}."
        then = "Renew it in time, so that you stay on the public list of mentors."
    return subject, f"Dear {name},\n\nyour certification “{title}” {what}\n{then}\n"
