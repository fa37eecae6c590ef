"""Durations as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.schedules import InvalidSchedule, parse_duration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30s", timedelta(seconds=30)),
        ("5m", timedelta(minutes=5)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("1h 30m", timedelta(hours=1, minutes=30)),
        (" 2d ", timedelta(days=2)),
        ("1w", timedelta(days=7)),
        ("1W2D3H4M5S", timedelta(days=9, hours=3, minutes=4, seconds=5)),
        ("90m", timedelta(minutes=90)),
        ("0s", timedelta(0)),
    ],
)
def test_it_means(text, expected):
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "90",
        "h",
        "1",
        "30m1h",
        "1h1h",
        "-5m",
        "1.5h",
        "5 minutes",
        "٣s",
        "5m\x00",
        None,
    ],
)
def test_it_means_nothing(text):
    with pytest.raises(InvalidSchedule):
        parse_duration(text)


def test_the_refusal_names_the_field_it_was_read_for():
    with pytest.raises(InvalidSchedule) as caught:
        parse_duration("90", "grace")

    assert caught.value.field == "grace"
