"""A pause of everything, or of a tag, as pages show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cronmgmt.dashboard.rows import Viewer
from cronmgmt.models import Pause


@dataclass(frozen=True, slots=True)
class PauseLine:
    """One pause; ``has_begun`` is false for one of the future."""

    tag: str
    since: datetime
    until: datetime | None
    reason: str
    by: str
    has_begun: bool
    can_end: bool


def pause_lines(
    pauses: Iterable[Pause], now: datetime, viewer: Viewer
) -> list[PauseLine]:
    """Return the pauses that are not over, oldest first."""
    return [
        PauseLine(
            tag=each.tag if each.scope == Pause.Scope.TAG else "",
            since=each.since,
            until=each.until,
            reason=each.reason,
            by=each.by,
            has_begun=each.since <= now,
            can_end=viewer.switch,
        )
        for each in pauses
    ]
