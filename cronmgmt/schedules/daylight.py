"""Wall times × a span of constant offset -> instants, by the rules of Debian's cron.

Debian's cron(8) knows two sorts of job. One whose minute or hour begins with ``*``
follows the clock as it is: wall times that are skipped do not run, wall times that
happen twice run twice. One at fixed times of day runs once for each time: right after
the gap that swallowed it, and only the first of two. A change of three hours or more
is no daylight saving but a correction, such as a move over the date line, and then the
new time holds at once for every job.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cronmgmt.schedules.walls import Walls
from cronmgmt.schedules.zones import NONE, SECOND, Span

CORRECTION = timedelta(hours=3)


def first_in(span: Span, walls: Walls, moment: datetime) -> datetime | None:
    """Return the first instant in ``span`` at or after ``moment``."""
    if moment <= span.start and catches_up(span, walls):
        return span.start
    wall = walls.at_or_after(max(moment + span.offset, _opening(span, walls)))
    if wall is None or wall >= span.closes:
        return None
    return wall - span.offset


def last_in(span: Span, walls: Walls, moment: datetime) -> datetime | None:
    """Return the last instant in ``span`` at or before ``moment``."""
    wall = walls.at_or_before(min(moment, span.end - SECOND) + span.offset)
    if wall is not None and wall >= _opening(span, walls):
        return wall - span.offset
    if moment >= span.start and catches_up(span, walls):
        return span.start
    return None


def count_in(span: Span, walls: Walls, first: datetime, end: datetime) -> int:
    """Count the instants in ``span`` from ``first`` up to, not including, ``end``."""
    start = max(first + span.offset, _opening(span, walls))
    total = walls.count(start, min(end, span.end) + span.offset)
    if first <= span.start < end and catches_up(span, walls):
        # A wall time right after the gap is the same instant, and counted already.
        total += walls.at_or_after(span.opens) != span.opens
    return total


def catches_up(span: Span, walls: Walls) -> bool:
    """Tell whether a fixed time fell into the gap that ``span`` begins with."""
    if not walls.fixed or not NONE < span.jump < CORRECTION:
        return False
    skipped = walls.at_or_after(span.opens - span.jump)
    return skipped is not None and skipped < span.opens


def _opening(span: Span, walls: Walls) -> datetime:
    """Return from which wall time on ``span`` runs what matches."""
    if walls.fixed and -CORRECTION < span.jump < NONE:
        return span.opens - span.jump  # Until then everything has already run.
    return span.opens
