"""Figures of all rounds -> medians, spreads and ratios within a round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from statistics import median
from typing import NamedTuple


class Row(NamedTuple):
    """What a figure is of."""

    part: str
    measure: str
    contender: str


class Spread(NamedTuple):
    """The middle of several values, the least and the most of them."""

    median: float
    least: float
    most: float


@dataclass(slots=True)
class Results:
    """Every figure that was measured: per row and round, one or several values."""

    units: dict[Row, str] = field(default_factory=dict)
    rounds: dict[Row, dict[int, list[float]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, row: Row, unit: str, number: int, *values: float) -> None:
        """Keep what a round measured."""
        self.units[row] = unit
        self.rounds.setdefault(row, {}).setdefault(number, []).extend(values)

    def has(self, row: Row) -> bool:
        """Return whether the row was measured."""
        return row in self.rounds

    def spread(self, row: Row) -> Spread:
        """Return the spread over all values of all rounds."""
        return spread([v for values in self.rounds[row].values() for v in values])

    def ratio(self, ours: Row, theirs: Row) -> Spread:
        """Return how many times theirs ours is, within each round, and its spread."""
        return spread(
            [a / b if b else float("inf") for a, b in self._pairs(ours, theirs)]
        )

    def difference(self, ours: Row, theirs: Row) -> Spread:
        """Return how much more ours is than theirs, within each round."""
        return spread([a - b for a, b in self._pairs(ours, theirs)])

    def _pairs(self, ours: Row, theirs: Row) -> list[tuple[float, float]]:
        both = sorted(self.rounds[ours].keys() & self.rounds[theirs].keys())
        return [
            (median(self.rounds[ours][number]), median(self.rounds[theirs][number]))
            for number in both
        ]

    def rows(self, part: str, measure: str | None = None) -> list[Row]:
        """Return the rows of a part, in the order in which they were measured."""
        return [
            row
            for row in self.rounds
            if row.part == part and measure in (None, row.measure)
        ]


def spread(values: Sequence[float]) -> Spread:
    """Return the median, least and most of some values. Raises ValueError for none."""
    return Spread(median(values), min(values), max(values))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that ``share`` of them do not exceed: the nearest rank."""
    if not values:
        raise ValueError("there is no percentile of nothing")
    ordered = sorted(values)
    return ordered[max(ceil(share * len(ordered)), 1) - 1]
