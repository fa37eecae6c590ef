"""Figures -> medians, spreads and ratios."""

from __future__ import annotations

import pytest

from benchmarks.results import Results, Row, Spread, percentile, spread

OURS = Row("a", "finished runs", "ours")
THEIRS = Row("a", "finished runs", "theirs")


@pytest.fixture
def results():
    """Three rounds on a machine that was half as fast in the second."""
    results = Results()
    for number, (ours, theirs) in enumerate([(200, 100), (110, 50), (190, 100)]):
        results.add(OURS, "/s", number, ours)
        results.add(THEIRS, "/s", number, theirs)
    return results


def test_a_spread_is_the_middle_the_least_and_the_most():
    assert spread([3.0, 1.0, 10.0]) == Spread(3.0, 1.0, 10.0)


def test_there_is_no_spread_of_nothing():
    with pytest.raises(ValueError):
        spread([])


def test_ratios_are_taken_within_a_round(results):
    assert results.ratio(OURS, THEIRS) == Spread(2.0, 1.9, 2.2)


def test_differences_are_taken_within_a_round(results):
    assert results.difference(OURS, THEIRS) == Spread(90, 60, 100)


def test_a_round_that_only_one_of_them_ended_is_left_out_of_the_ratio(results):
    results.add(OURS, "/s", 3, 10_000)

    assert results.ratio(OURS, THEIRS).most == 2.2


def test_several_values_of_a_round_count_as_their_median_in_a_ratio(results):
    results.add(OURS, "/s", 0, 200, 10_000)

    assert results.ratio(OURS, THEIRS).least == 1.9


def test_the_spread_of_a_row_is_over_every_value_of_every_round(results):
    results.add(OURS, "/s", 0, 5)

    assert results.spread(OURS) == Spread(150, 5, 200)


def test_rows_come_in_the_order_in_which_they_were_measured(results):
    results.add(Row("a", "other", "ours"), "/s", 0, 1)

    assert results.rows("a", "finished runs") == [OURS, THEIRS]
    assert results.rows("b") == []


@pytest.mark.parametrize(
    ("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)]
)
def test_a_percentile_is_the_value_at_the_nearest_rank(share, value):
    assert percentile(range(1, 101), share) == value


def test_there_is_no_percentile_of_nothing():
    with pytest.raises(ValueError):
        percentile([], 0.5)
