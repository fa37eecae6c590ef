"""What every schedule promises, whatever its kind."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest

from cronmgmt.schedules import Bounded, Cron, Interval, Manual, Once, Schedule

from .moments import utc

NOW = utc("2026-01-01 00:00:00.5")
KINDS = [
    Cron("H 7 * * MON-FRI", "Europe/Amsterdam", key="job"),
    Cron("*/10 * * * * *"),
    Interval("30s"),
    Interval("400d"),
    Once(utc("2026-03-01 10:00")),
    Manual(),
    Bounded(Cron("@daily"), NOW, NOW + timedelta(days=3)),
]
every_kind = pytest.mark.parametrize(
    "schedule", KINDS, ids=lambda kind: repr(kind)[:30]
)


@every_kind
def test_it_is_a_value(schedule):
    twins = [copy.deepcopy(schedule), pickle.loads(pickle.dumps(schedule))]

    assert isinstance(schedule, Schedule)
    assert {schedule, *twins} == {schedule}
    with pytest.raises((AttributeError, TypeError)):
        schedule.timezone = "UTC"


@every_kind
@pytest.mark.parametrize("question", ["next_after", "previous_before"])
def test_a_moment_without_a_zone_is_refused(schedule, question):
    with pytest.raises(ValueError, match="in a known time zone"):
        getattr(schedule, question)(datetime(2026, 1, 1))


@every_kind
def test_a_stretch_without_a_zone_is_refused(schedule):
    with pytest.raises(ValueError, match="in a known time zone"):
        schedule.between(datetime(2026, 1, 1), NOW, 5)
    with pytest.raises(ValueError, match="in a known time zone"):
        schedule.count_between(NOW, datetime(2026, 1, 1))


@every_kind
def test_answers_are_whole_seconds_in_utc(schedule):
    following = schedule.next_after(NOW)

    if following:
        assert following.tzinfo is UTC
        assert following.microsecond == 0


@every_kind
@pytest.mark.parametrize(
    "moment",
    [
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=23))),
        datetime.max.replace(tzinfo=timezone(-timedelta(hours=23))),
        datetime(2, 1, 1, 0, 0, 1, tzinfo=UTC),
        datetime(9998, 12, 31, 23, 59, 58, tzinfo=UTC),
    ],
)
def test_the_ends_of_the_calendar_are_survived(schedule, moment):
    following, previous = schedule.next_after(moment), schedule.previous_before(moment)

    assert following is None or following > moment
    assert previous is None or previous < moment


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
def test_a_rare_day_does_not_come_after_the_last_or_before_the_first(zone):
    leap_day = Cron("0 0 29 2 *", zone)

    assert leap_day.next_after(datetime(9997, 1, 1, tzinfo=UTC)) is None
    assert leap_day.previous_before(datetime(3, 1, 1, tzinfo=UTC)) is None


@every_kind
def test_there_and_back_again(schedule):
    for moment in schedule.between(NOW, NOW + timedelta(days=9), 5):
        assert schedule.next_after(moment - timedelta(microseconds=1)) == moment
        assert schedule.previous_before(moment + timedelta(microseconds=1)) == moment


def test_other_texts_are_other_values():
    assert Cron("@daily") != Cron("0 0 * * *")
    assert Cron("H * * * *", key="a") != Cron("H * * * *", key="b")
    assert Cron("@daily", "UTC") != Cron("@daily", "Etc/UTC")
