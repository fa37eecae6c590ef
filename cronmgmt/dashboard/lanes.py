"""Starts in time -> lanes: one drawing per job, all to the same scale.

Each is as wide as its cell; a minute is one unit. What is drawn stands beside it in
numbers and below it in a table.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.html import format_html
from django.utils.safestring import SafeString

from cronmgmt.queries import BUCKET, Going, Lane, Outlook

MINUTE = timedelta(minutes=1)
LEAST = 4.0
"""A run that takes no time is drawn this wide, in minutes."""

TALL = 48


def lane(
    shown: Lane, going: Iterable[Going], begin: datetime, end: datetime
) -> SafeString:
    """Draw when a job runs, and for how long; what is under way stands out."""
    width = (end - begin) / MINUTE
    long = max(shown.seconds / 60, LEAST)
    bars = "".join(
        f"M{(start - begin) / MINUTE:.1f} 3h{long:.1f}v12h-{long:.1f}z"
        for start in shown.starts
    )
    rest = _rest(shown, begin, width) if shown.goes_on else ""
    now = "".join(_going(each, begin, width) for each in going)
    return format_html(
        '<svg class="lane" viewBox="0 0 {} 18" preserveAspectRatio="none" '
        'aria-hidden="true"><path class="bar" d="{}"/><path class="rest" d="{}"/>'
        '<path class="going" d="{}"/></svg>',
        f"{width:.0f}",
        bars,
        rest,
        now,
    )


def load(outlook: Outlook, capacity: int) -> SafeString:
    """Draw how many jobs run at a time; what is above the capacity stands out."""
    most = max([*outlook.load, capacity, 1])
    step = BUCKET / MINUTE
    within, above = [], []
    for at, count in enumerate(outlook.load):
        if not count:
            continue
        fits = min(count, capacity) if capacity else count
        x, high = at * step, fits / most * TALL
        within.append(f"M{x:g} {TALL - high:.1f}h{step:g}V{TALL}h-{step:g}z")
        if count > fits:
            top = TALL - count / most * TALL
            above.append(f"M{x:g} {top:.1f}h{step:g}V{TALL - high:.1f}h-{step:g}z")
    return format_html(
        '<svg class="load" viewBox="0 0 {} {}" preserveAspectRatio="none" '
        'aria-hidden="true"><path class="bar" d="{}"/><path class="above" d="{}"/></svg>',
        f"{len(outlook.load) * step:.0f}",
        TALL,
        "".join(within),
        "".join(above),
    )


def _going(each: Going, begin: datetime, width: float) -> str:
    """Draw a run that is under way, as far as it is in sight."""
    left = min(max((each.since - begin) / MINUTE, 0.0), width)
    right = (each.until - begin) / MINUTE if each.until else left
    long = min(max(right - left, LEAST), max(width - left, LEAST))
    return f"M{left:.1f} 1h{long:.1f}v16h-{long:.1f}z"


def _rest(shown: Lane, begin: datetime, width: float) -> str:
    """Draw that it goes on as before, up to the end."""
    last = (shown.starts[-1] - begin) / MINUTE
    return f"M{last:.1f} 8h{max(width - last, 0):.1f}v2H{last:.1f}z"
