"""What is drawn of durations and of a run's life."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt import queries
from cronmgmt.dashboard.charts import BARS, HEIGHT, LIFE, duration_chart, life_line
from cronmgmt.models import Status
from cronmgmt.queries import Stretch

MINUTE = timedelta(minutes=1)


@pytest.fixture
def chart_of(make_job, make_run):
    """Draw runs that took so long; one below nothing failed at once."""

    def draw(*durations, expected=None):
        job = make_job()
        for seconds in durations:
            status = Status.FAILED if seconds < 0 else Status.SUCCEEDED
            make_run(job, status, duration=abs(seconds))
        return duration_chart(
            queries.statistics(job, queries.latest_runs(job)), expected
        )

    return draw


def test_bars_are_as_high_as_runs_are_long(chart_of):
    chart = chart_of(10, 20)

    first, second = chart.bars
    assert second.height == pytest.approx(2 * first.height, rel=0.01)
    assert first.y + first.height == pytest.approx(HEIGHT)
    assert first.x < second.x


def test_what_takes_no_time_is_still_seen(chart_of):
    assert all(bar.height > 0 for bar in chart_of(0, 0, 100).bars)


def test_one_that_takes_far_too_long_does_not_flatten_the_others(chart_of):
    chart = chart_of(*[10] * 40, 9000)

    assert chart.bars[-1].is_cut and not chart.bars[0].is_cut
    assert chart.bars[0].height > HEIGHT / 3


def test_lines_say_what_is_usual_and_what_is_expected(chart_of):
    chart = chart_of(10, 10, 20, -5, expected=timedelta(seconds=15))

    seconds = {line.key: line.seconds for line in chart.lines}
    assert seconds == {"p50": 10, "p95": 20, "expected": 15}
    assert [bar.is_failure for bar in chart.bars] == [False, False, False, True]


def test_what_is_expected_beyond_the_chart_has_no_line(chart_of):
    chart = chart_of(10, expected=MINUTE)

    assert chart.lines[-1].y is None


def test_only_the_latest_are_drawn(chart_of):
    chart = chart_of(*range(1, BARS + 10))

    assert len(chart.bars) == BARS
    assert chart.bars[-1].seconds == BARS + 9
    assert chart.runs[0].duration == BARS + 9


def test_without_a_duration_there_is_no_chart(chart_of):
    assert chart_of() is None


def test_a_life_fills_its_line_and_each_part_is_seen(now):
    parts = [
        Stretch("pause", "waiting", now, now),
        Stretch("failed", "failed", now, now + MINUTE),
        Stretch("running", "running", now + MINUTE, now + 3 * MINUTE),
    ]

    line = life_line(parts)

    assert sum(part.width for part in line) == pytest.approx(LIFE, abs=0.5)
    assert all(part.width >= 5 for part in line)
    assert line[2].width > line[1].width


def test_a_life_of_no_time_is_not_drawn(now):
    assert life_line([]) == life_line([Stretch("pause", "waiting", now, now)]) == []
