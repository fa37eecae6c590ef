"""The source's tables -> the platform's copies of them, each at its hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from cronmgmt import job
from project.sync.steps import Reporter
from project.sync.syncing import sync, sync_all
from project.sync.tables import FACILITIES, MEMBERS, POSITIONS, REGIONS

ALIKE: dict[str, Any] = {
    "timezone": "UTC",
    "description": (
        "Fails when one of the two databases is out of reach: see what health-check "
        "says. It goes on where it stopped, so trigger it again once both answer. "
        '"The source is empty" means that the table was being rebuilt; nothing was '
        "changed."
    ),
    "dependencies": "databases source and target",
    "owner": "Membership",
    "tags": ["sync"],
    "timeout": timedelta(minutes=10),
    "max_attempts": 3,
    "backoff": timedelta(seconds=30),
}


@job(
    "facilities-regions",
    cron="0 7 * * 1",
    title="Facilities and regions sync",
    purpose="Keeps the platform's facilities and regions equal to the source's.",
    expected_duration=timedelta(seconds=60),
    **ALIKE,
)
def facilities_regions(run: Reporter) -> dict[str, dict[str, int]]:
    """Return for each table how many rows were read, written, vanished, unchanged."""
    copies = {"regions": REGIONS, "facilities": FACILITIES}
    return sync_all(copies, run, timezone.now())


@job(
    "members",
    cron="15 7 * * *",
    title="Members sync",
    purpose="Keeps the platform's members equal to the membership database.",
    expected_duration=timedelta(seconds=120),
    **ALIKE,
)
def members(run: Reporter) -> dict[str, int]:
    """Return how many members were read, written, marked as vanished, unchanged."""
    return sync(MEMBERS, run, timezone.now())


@job(
    "positions",
    cron="45 7 * * *",
    title="Positions sync",
    purpose="Keeps the positions that members hold equal to the membership database.",
    expected_duration=timedelta(seconds=90),
    **ALIKE,
)
def positions(run: Reporter) -> dict[str, int]:
    """Return how many positions were read, written, vanished, unchanged."""
    return sync(POSITIONS, run, timezone.now())
