"""Rare days against a calendar that is leafed through, day by day, for decades."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cronmgmt.schedules import Cron, InvalidSchedule

from .oracle import matcher
from .strategies import days, examples, fields_of, months, weekdays

pytestmark = pytest.mark.part("4.5")

DECADES = 29 * 366
rare_days = st.one_of(days, st.sampled_from(["29", "30", "31", "L", "LW", "*/30"]))
rare_months = st.one_of(months, st.sampled_from(["2", "FEB", "2,4", "6", "*/5"]))
rare_weekdays = st.one_of(weekdays, st.sampled_from(["0#5", "WED#5", "5L", "*/6"]))


def is_really_never(matches):
    day = datetime(2000, 1, 1)
    return not any(matches(day + timedelta(days=n)) for n in range(400 * 366))


@given(
    day=st.datetimes(datetime(1890, 1, 1), datetime(2190, 1, 1)),
    expression=fields_of(
        st.just("0"), st.just("0"), rare_days, rare_months, rare_weekdays
    ),
)
@examples(60)
def test_midnights(day, expression):
    midnight, matches = datetime.combine(day, datetime.min.time()), matcher(expression)
    try:
        schedule = Cron(expression)
    except InvalidSchedule:
        assert is_really_never(matches)
        return

    found = schedule.next_after(midnight.replace(tzinfo=UTC))

    days_on = (midnight + timedelta(days=n) for n in range(1, DECADES))
    expected = next((day for day in days_on if matches(day)), None)
    assume(expected)
    assert found == expected.replace(tzinfo=UTC)
    assert schedule.previous_before(found + timedelta(seconds=1)) == found
    assert schedule.count_between(midnight.replace(tzinfo=UTC), found) == 1 + matches(
        midnight
    )
