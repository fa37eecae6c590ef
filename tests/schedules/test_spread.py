"""H and jitter: spread out, and the same in every process."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronmgmt.schedules import Cron, delay_within

from .moments import utc
from .strategies import examples

NOW = utc("2026-01-01 00:00")
HOUR = timedelta(hours=1)


def first_run(expression, key):
    return Cron(expression, key=key).next_after(NOW)


def test_one_name_always_falls_on_the_same_moment():
    # Written down: another process, machine or release must not move anybody's job.
    assert first_run("H H * * *", "reports.nightly") == utc("2026-01-01 15:34")
    assert first_run("H H H H *", "reports.nightly") == utc("2026-03-05 15:34")


def test_names_spread_over_the_hour():
    minutes = Counter(first_run("H * * * *", f"job-{n}").minute for n in range(6000))

    assert len(minutes) == 60
    assert max(minutes.values()) < 2 * min(minutes.values())


def test_hour_and_minute_are_independent():
    runs = {first_run("H H * * *", f"job-{n}") for n in range(300)}

    assert len(runs) > 250


@given(key=st.text())
@examples(20)
def test_a_range_is_kept(key):
    assert first_run("H(20-29) * * * *", key).minute in range(20, 30)
    assert first_run("0 H(1-3) * * *", key).hour in range(1, 4)
    assert first_run("0 0 H * *", key).day <= 28
    assert first_run("0 0 * * H(MON-FRI)", key).weekday() < 5


@given(key=st.text())
@examples(20)
def test_a_step_starts_somewhere_and_goes_on(key):
    quarters = Cron("H/15 * * * *", key=key).between(NOW, NOW + HOUR, 9)
    first = quarters[0].minute

    assert first < 15
    assert [run.minute for run in quarters[:4]] == [first + 15 * n for n in range(4)]


@given(key=st.text())
@examples(20)
def test_a_step_in_a_range_stays_inside(key):
    runs = Cron("H(10-29)/10 * * * *", key=key).between(NOW, NOW + HOUR, 9)

    assert len(runs) == 2
    assert {run.minute // 10 for run in runs} == {1, 2}


def test_the_words_for_midnight_do_not_spread():
    assert first_run("@daily", "a") == first_run("@daily", "b")


def test_a_spread_time_of_day_is_a_fixed_one():
    nightly = Cron("H 2 * * *", "Europe/Amsterdam", key="nightly")

    assert nightly.next_after(utc("2026-03-28 12:00")) == utc("2026-03-29 01:00")


@given(
    key=st.text(),
    seconds=st.integers(0, 10**9),
    jitter=st.timedeltas(timedelta(microseconds=1), timedelta(days=400)),
)
@examples(40)
def test_a_delay_is_shorter_than_the_jitter(key, seconds, jitter):
    delay = delay_within(key, NOW + timedelta(seconds=seconds), jitter)

    assert timedelta(0) <= delay < jitter


def test_every_scheduler_finds_the_same_delay():
    amsterdam = NOW.astimezone(ZoneInfo("Europe/Amsterdam"))

    delay = delay_within("nightly", NOW, HOUR)

    assert delay == delay_within("nightly", amsterdam, HOUR)
    assert delay == timedelta(minutes=7, seconds=47, microseconds=212367)


def test_every_occurrence_has_a_delay_of_its_own():
    delays = {delay_within("a", NOW + n * HOUR, HOUR) for n in range(100)}

    assert len(delays) == 100
    assert min(delays) < HOUR / 10 and max(delays) > HOUR * 0.9


def test_an_occurrence_without_a_zone_has_no_delay_that_all_agree_on():
    with pytest.raises(ValueError, match="in a known time zone"):
        delay_within("nightly", NOW.replace(tzinfo=None), HOUR)


@pytest.mark.parametrize("jitter", [timedelta(0), -HOUR])
def test_no_jitter_is_no_delay(jitter):
    assert delay_within("nightly", NOW, jitter) == timedelta(0)
