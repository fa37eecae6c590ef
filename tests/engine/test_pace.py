"""A worker claims ahead what it expects to be done in no time, and no more."""

from __future__ import annotations

import pytest

from cronmgmt.engine.pace import AHEAD, Pace


def test_what_is_unknown_is_claimed_alone():
    assert Pace().fitting(["a", "a", "a"]) == 1


def test_nothing_is_still_one():
    assert Pace().fitting([]) == 1


@pytest.mark.parametrize(
    ("seconds", "count"), [(0.0, 50), (AHEAD / 8, 8), (AHEAD, 1), (100.0, 1)]
)
def test_as_many_as_fit(seconds, count):
    pace = Pace()
    pace.note("a", seconds)

    assert pace.fitting(["a"] * 50) == count


def test_the_quick_before_an_unknown_one_are_claimed_without_it():
    pace = Pace()
    pace.note("quick", 0.01)

    assert pace.fitting(["quick", "quick", "unknown", "quick"]) == 2


def test_a_slow_run_weighs_at_once_and_is_forgotten_slowly():
    pace = Pace()
    pace.note("a", 0.01)
    pace.note("a", 1.0)
    assert pace.fitting(["a"] * 9) == 1

    for _ in range(20):
        pace.note("a", 0.01)

    assert pace.fitting(["a"] * 9) == 9
