"""Hours that are over are counted once, by whoever comes first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.engine import hours
from cronmgmt.models import HourCount, JobRun, Status

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def this_hour(clock):
    """Let it be half past; return when the hour began."""
    begin = clock.time.replace(minute=0, second=0, microsecond=0)
    clock.move(begin + 30 * MINUTE - clock.time)
    return begin


def count_all():
    counting = hours.HourCounting()
    while counting.go_on():
        pass


def test_each_hour_of_the_last_day_that_is_over_has_its_counts(make_run, this_hour):
    for status in (Status.SUCCEEDED, Status.FAILED, Status.LOST, Status.CANCELLED):
        make_run(status=status, finished_at=this_hour - HOUR)
        make_run(status=status, finished_at=this_hour)

    count_all()

    latest = HourCount.objects.latest("begin")
    assert (latest.begin, latest.succeeded, latest.failed) == (this_hour - HOUR, 1, 2)
    assert HourCount.objects.count() == hours.BACK


def test_an_hour_is_not_counted_before_all_of_it_is_committed(clock, this_hour):
    clock.move(-25 * MINUTE)

    count_all()

    assert HourCount.objects.latest("begin").begin == this_hour - 2 * HOUR


def test_what_was_counted_stays_when_runs_are_pruned(clock, make_run, this_hour):
    make_run(status=Status.SUCCEEDED, finished_at=this_hour - HOUR)
    count_all()
    JobRun.objects.all().delete()
    clock.move(HOUR)

    count_all()

    assert HourCount.objects.get(begin=this_hour - HOUR).succeeded == 1
    assert HourCount.objects.get(begin=this_hour).succeeded == 0


def test_two_that_count_the_same_hour_leave_one_row(this_hour):
    hours.count_hour(this_hour - HOUR)
    hours.count_hour(this_hour - HOUR)

    assert HourCount.objects.count() == 1


def test_counts_of_long_ago_go(clock, this_hour):
    count_all()
    clock.move(3 * 24 * HOUR)

    count_all()
    count_all()

    assert HourCount.objects.earliest("begin").begin >= clock.time - hours.KEPT
