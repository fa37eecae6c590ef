"""Somebody edits the source's members: without it the demo's sync had nothing to do."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from django.conf import settings
from django.utils import timezone

from cronmgmt import NonRetryable, Run, job
from project.people import change_members


@job(
    "demo:members-change",
    every="45s",
    title="Demo: members change",
    purpose="Lets a few made-up members move, leave, join and come back.",
    description="It belongs to the demo. Switch it off and the members sync rests.",
    dependencies="database source",
    owner="Demo",
    tags=["demo"],
    expected_duration=timedelta(seconds=1),
    timeout=timedelta(minutes=1),
)
def members_change(run: Run) -> dict[str, int]:
    """Return how many moved, left and came."""
    if not settings.DEBUG:
        raise NonRetryable("DEBUG is off: the members may be real. Retire this job.")
    return change_members(Random(run.execution_id.int), timezone.now())
