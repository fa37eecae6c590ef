"""Made-up mentors whose certifications expire soon, just now, or not for long."""

from __future__ import annotations

from datetime import date, timedelta

from project.models import Mentor
from project.people import member

TITLE = "Peer support"
DAYS_LEFT = (400, 60, 31, 30, 15, 14, 8, 7, 1, 0, -1, -90)


def create_mentors(today: date, *, alias: str = "default") -> None:
    """Make a mentor for each number of days left, and one who has renewed in time."""
    each = [(days,) for days in DAYS_LEFT]
    for number, left in enumerate([*each, (-2, 363)], start=1):
        person = member(number)
        mentor = Mentor.objects.using(alias).create(
            name=f"{person.first_name} {person.last_name}", email=person.email
        )
        for days in left:
            expires_on = today + timedelta(days=days)
            mentor.certifications.create(title=TITLE, expires_on=expires_on)
