"""Durations, and the parts of a run's life -> what is drawn of them, in SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from cronmgmt.models import FAILURES, JobRun
from cronmgmt.queries import Spread, Statistics, Stretch

WIDTH, HEIGHT = 600.0, 120.0
"""The units of a chart; a page stretches it to its own width."""

BARS = 60
ROOM = 1.1
OUTLIER = 2.0
"""What takes more than so many times the 95th percentile is drawn cut off."""

LEAST = 2.0
"""So wide or high is what lasts no time at all."""

LIFE = 1000.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A run's duration; ``is_cut`` if it is longer than the chart is high."""

    x: float
    y: float
    width: float
    height: float
    state: str
    label: str
    seconds: float
    is_cut: bool
    is_failure: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A duration to compare with: ``p50``, ``p95`` or ``expected``.

    ``y`` is None for one that is beyond the chart.
    """

    key: str
    label: str
    y: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A job's latest durations, oldest first, and what is usual or expected."""

    bars: list[Bar]
    lines: list[Line]
    highest: float
    runs: list[JobRun]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a run's life on a line that is LIFE long."""

    x: float
    width: float
    state: str
    label: str
    seconds: float


def duration_chart(found: Statistics, expected: timedelta | None) -> Chart | None:
    """Return the chart of a job's latest durations; None before there is any."""
    runs = [run for run in found.runs if run.duration is not None][-BARS:]
    if not runs:
        return None
    highest = _highest(runs, found.durations)
    lines = [
        Line(key, label, _depth(seconds, highest), seconds)
        for key, label, seconds in _limits(found.durations, expected)
    ]
    return Chart(list(_bars(runs, highest)), lines, highest, runs[::-1])


def life_line(parts: Sequence[Stretch]) -> list[Part]:
    """Return the parts of a run's life side by side, none too short to be seen."""
    total = sum(part.seconds for part in parts)
    if not parts or total <= 0:
        return []
    least = LIFE / 100
    widths = [max(part.seconds / total * LIFE, least) for part in parts]
    scale = LIFE / sum(widths)
    drawn, x = [], 0.0
    for part, width in zip(parts, widths, strict=True):
        wide = width * scale
        drawn.append(
            Part(round(x, 1), round(wide, 1), part.state, part.label, part.seconds)
        )
        x += wide
    return drawn


def _limits(
    usual: Spread | None, expected: timedelta | None
) -> Iterator[tuple[str, str, float]]:
    if usual:
        yield "p50", _("half take at most"), usual.p50
        yield "p95", _("95 of 100 take at most"), usual.p95
    if expected:
        yield "expected", _("expected"), expected.total_seconds()


def _highest(runs: Sequence[JobRun], usual: Spread | None) -> float:
    longest = max(run.duration or 0.0 for run in runs)
    most = min(longest, usual.p95 * OUTLIER) if usual else longest
    return max(most, 0.001) * ROOM


def _depth(seconds: float, highest: float) -> float | None:
    """Return where a line is drawn; None where that would be above the chart."""
    if seconds > highest:
        return None
    return round(HEIGHT - _height(seconds, highest, least=0), 2)


def _bars(runs: Sequence[JobRun], highest: float) -> Iterator[Bar]:
    step = WIDTH / max(len(runs), 20)
    for place, run in enumerate(runs):
        seconds = run.duration or 0.0
        height = _height(seconds, highest, least=LEAST)
        yield Bar(
            x=round(place * step + step * 0.1, 2),
            y=round(HEIGHT - height, 2),
            width=round(step * 0.8, 2),
            height=round(height, 2),
            state=run.status,
            label=str(run.get_status_display()),
            seconds=seconds,
            is_cut=seconds > highest,
            is_failure=run.status in FAILURES,
        )


def _height(seconds: float, highest: float, *, least: float) -> float:
    return round(min(max(seconds / highest * HEIGHT, least), HEIGHT), 2)
