"""Which occurrences there must be, by arithmetic alone; and which are in gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.chaos.site.jobs import NEWER, PERIODS
from tests.chaos.stage import AttackedSite
from tests.scenarios.sites import Site

# Intervals are counted from the beginning of the year 2000, in UTC.
EPOCH = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())

Occurrence = tuple[str, int]


def occurrences(site: AttackedSite, first: int, last: int) -> set[Occurrence]:
    """Return every occurrence there must be from the one second to the other."""
    wanted = {
        (name, second)
        for name, period in PERIODS.items()
        for second in range(first, last + 1)
        if (second - EPOCH) % period == 0
    }
    for name, deployed in site.deployed.items():
        wanted |= {
            (name, second)
            for second in range(deployed + 1, last + 1)
            if (second - EPOCH) % NEWER == 0
        }
    return wanted


def occurrence_of(run: Any) -> Occurrence:
    """Return which occurrence a run is of."""
    return run.job_name, int(run.scheduled_for.timestamp())


def covered_by_gaps(site: Site) -> Callable[[Occurrence], bool]:
    """Return what tells whether an occurrence is in a gap with a sentence."""
    gaps: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for gap in site.gaps().exclude(reason="").select_related("job"):
        stretch = int(gap.first.timestamp()), int(gap.last.timestamp())
        gaps[gap.job.name].append(stretch)

    def is_covered(occurrence: Occurrence) -> bool:
        name, second = occurrence
        return any(first <= second <= last for first, last in gaps[name])

    return is_covered


def at(second: int) -> datetime:
    """Return the instant of a second since 1970."""
    return datetime.fromtimestamp(second, UTC)
