"""Moments and durations as people read them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.template import Context, Template

from cronmgmt.templatetags.cronmgmt_tags import duration, percent, relative


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(0), "0 s ago"),
        (timedelta(seconds=59), "in 59 s"),
        (timedelta(seconds=-59), "59 s ago"),
        (timedelta(minutes=5), "in 5\xa0minutes"),
        (timedelta(hours=-3, minutes=-50), "3\xa0hours ago"),
        (timedelta(days=40), "in 1\xa0month"),
    ],
)
def test_distances_are_told_in_words(now, distance, words):
    assert relative(now + distance, now) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (0.004, "4 ms"),
        (0.0001, "1 ms"),
        (0, "0 s"),
        (5.0, "5 s"),
        (9.994, "9.99 s"),
        (9.999, "10 s"),
        (59.9, "1 min"),
        (7200, "2 h"),
        (75, "1 min 15 s"),
        (3661, "1 h 1 min"),
        (timedelta(minutes=2), "2 min"),
    ],
)
def test_durations_are_told_in_words(seconds, words):
    assert duration(seconds) == words


def test_a_moment_is_shown_in_the_current_time_zone_and_marked_in_utc(now):
    template = Template("{% load cronmgmt_tags %}{% when now now %}")

    html = template.render(Context({"now": now}))

    assert 'datetime="2026-06-01T12:00:00Z"' in html
    assert ">2026-06-01 14:00:00</time>" in html


@pytest.mark.parametrize(
    ("share", "text"),
    [(2 / 29, "6.9 %"), (0.0, "0.0 %"), (0.0149, "1.5 %"), (None, "–")],
)
def test_a_share_is_rounded_not_cut(share, text):
    assert percent(share) == text
