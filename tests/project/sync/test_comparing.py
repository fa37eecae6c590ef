"""What must change, decided without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from project.sync.comparing import Difference, Kept, difference, digest

ANN = (1, "Ann", None, date(2020, 2, 29), datetime(2026, 3, 1, tzinfo=UTC))
BOB = (2, "Bob", "x", date(2020, 2, 29), datetime(2026, 3, 1, tzinfo=UTC))


def kept(row, *, vanished=False):
    return Kept(digest(row), vanished)


@pytest.mark.parametrize(
    ("source", "copy", "expected"),
    [
        ({}, {}, Difference({}, [], 0)),
        ({1: ANN}, {}, Difference({1: ANN}, [], 0)),
        ({1: ANN}, {1: kept(ANN)}, Difference({}, [], 1)),
        ({1: ANN}, {1: kept(BOB)}, Difference({1: ANN}, [], 0)),
        ({1: ANN}, {1: kept(ANN, vanished=True)}, Difference({1: ANN}, [], 0)),
        ({}, {1: kept(ANN)}, Difference({}, [1], 0)),
        ({}, {1: kept(ANN, vanished=True)}, Difference({}, [], 0)),
        ({1: ANN, 2: BOB}, {2: kept(BOB)}, Difference({1: ANN}, [], 1)),
    ],
)
def test_the_difference(source, copy, expected):
    assert difference(source, copy) == expected


@pytest.mark.parametrize("column", range(len(ANN)))
def test_every_column_counts(column):
    changed = list(ANN)
    changed[column] = "another"

    assert digest(tuple(changed)) != digest(ANN)


def test_nothing_and_an_empty_text_differ():
    assert digest((1, None)) != digest((1, ""))


def test_values_cannot_run_into_each_other():
    assert digest((1, "ab", "c")) != digest((1, "a", "bc"))
