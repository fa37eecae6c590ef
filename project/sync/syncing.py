"""Walk both tables in the order of their keys, stretch by stretch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cronmgmt import NonRetryable
from project.sync.comparing import Difference, difference
from project.sync.copying import Copy
from project.sync.steps import Part, Reporter, Steps

SIZE = 1_000
COUNTED = ("read", "written", "vanished", "unchanged")


def sync(
    copy: Copy, run: Reporter, now: datetime, *, size: int = SIZE
) -> dict[str, int]:
    """Make the copy equal to the source; return what was read and written.

    Rows that are equal already are not written, rows that are gone are marked. A later
    attempt goes on after the last stretch that was finished. It need not: a stretch
    holds all rows of both sides between two keys, so that doing it again is harmless.
    """
    steps = Steps(run, _count(copy))
    while True:
        stretch = copy.stretch(steps.after, size)
        change = difference(stretch.source, stretch.copy)
        copy.write(change, now)
        steps.done(_counted(change), stretch.until)
        if stretch.until is None:
            return {name: steps.counts[name] for name in COUNTED}


def sync_all(
    copies: Mapping[str, Copy], run: Reporter, now: datetime, *, size: int = SIZE
) -> dict[str, dict[str, int]]:
    """Make each copy equal to its source, in their order; return the counts of each."""
    results: dict[str, dict[str, int]] = {}
    for name, copy in copies.items():
        before = sum(counts["read"] for counts in results.values())
        results[name] = sync(copy, Part(run, name, before), now, size=size)
    return results


def _count(copy: Copy) -> int:
    """Return how many rows the source has, which had better not be none."""
    total = copy.source_rows().count()
    if not total and copy.target_rows().filter(vanished_at=None).exists():
        raise NonRetryable(
            "The source is empty. Nothing was changed: all rows of the copy would have "
            "been marked as vanished."
        )
    return total


def _counted(change: Difference) -> dict[str, int]:
    return {
        "read": len(change.write) + change.unchanged,
        "written": len(change.write),
        "vanished": len(change.vanish),
        "unchanged": change.unchanged,
    }
