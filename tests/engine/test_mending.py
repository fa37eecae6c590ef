"""Rows edited by hand are planned anew, and no others."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from cronmgmt.engine import actions
from cronmgmt.engine.looking import look
from cronmgmt.engine.mending import Mending
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import (
    Activity,
    Calendar,
    CalendarDay,
    Gap,
    Pause,
    ScheduledJob,
)

pytestmark = [pytest.mark.django_db, pytest.mark.part("4.5")]

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TOMORROW = date(2026, 6, 2)


def mend():
    mending = Mending()
    while mending.go_on():
        pass
    return mending.mended


def by_hand(**columns):
    ScheduledJob.objects.update(**columns)


@pytest.fixture
def daily(make_job):
    """Every day at noon; its calendar closes tomorrow."""
    actions.save_calendar("nl", [(TOMORROW, "Kermis")])
    return make_job(schedule_expression="0 12 * * *", calendar="nl")


@pytest.fixture
def close():
    def close(day, why="Kermis"):
        calendar = Calendar.objects.get()
        CalendarDay.objects.create(calendar=calendar, date=day, note=why)

    return close


def next_run():
    return ScheduledJob.objects.get().next_run_at


@pytest.mark.parametrize(
    ("columns", "hours"),
    [
        ({"schedule_expression": "0 */6 * * *"}, 6),
        ({"timezone": "Asia/Kathmandu"}, 0.25),
        ({"enabled": False}, None),
        ({"schedule_kind": "interval", "schedule_expression": "3h"}, 3),
    ],
)
def test_a_job_that_was_edited_by_hand(make_job, now, columns, hours):
    make_job()
    by_hand(**columns)

    assert mend() == ["job"]

    assert next_run() == (hours and now + hours * HOUR)
    assert mend() == []


def test_a_day_that_was_added_by_hand(daily, close, now):
    close(TOMORROW + DAY)

    assert mend() == ["job"]

    assert next_run() == now + 3 * DAY


def test_a_day_that_was_deleted_by_hand(daily, now):
    CalendarDay.objects.all().delete()

    assert mend() == ["job"]

    assert next_run() == now + DAY


def test_a_calendar_that_was_deleted_by_hand_still_holds(daily, now):
    Calendar.objects.all().delete()

    assert mend() == []
    assert next_run() == now + 2 * DAY


def test_what_is_due_is_left_to_the_scheduler(make_job, clock):
    make_job()
    clock.move(HOUR)
    by_hand(schedule_expression="0 */6 * * *")

    assert mend() == []


def test_what_cannot_be_planned_is_left_alone_and_the_others_mended(make_job, now):
    make_job("broken")
    make_job("other")
    by_hand(schedule_expression="0 */6 * * *")
    ScheduledJob.objects.filter(name="broken").update(timezone="Mars/Olympus")

    assert mend() == ["other"]


@pytest.mark.parametrize("column", ["set_aside_reason", "retired_at"])
def test_what_is_out_of_service_has_no_plan_to_mend(make_job, now, column):
    make_job(next_run_at=now + DAY)
    by_hand(**{column: now.isoformat()}, schedule_expression="0 */6 * * *")

    assert mend() == []


def test_nothing_is_written_for_what_nobody_edited(daily, make_job):
    make_job("other")
    before = set(ScheduledJob.objects.values_list("name", "revision"))

    assert mend() == []
    assert set(ScheduledJob.objects.values_list("name", "revision")) == before


def test_its_cost_is_a_few_statements_for_a_hundred_jobs(
    daily, make_job, django_assert_num_queries
):
    for number in range(30):
        make_job(f"job-{number}")

    with django_assert_num_queries(11):
        mend()


# Next runs that were taken away.


def test_a_next_run_that_was_deleted_is_planned_again(make_job, clock, now):
    job = make_job()
    by_hand(next_run_at=None, created_at=now)
    clock.move(3 * HOUR + HOUR / 2)

    assert mend() == ["job"]

    assert next_run() == now + 4 * HOUR
    gap = Gap.objects.get(job=job)
    assert (gap.kind, gap.count) == ("broken", 3)
    assert gap.reason == "Its next run was deleted by hand."
    deed = Activity.objects.get(action="mend")
    assert deed.job_name == "job"
    assert deed.reason == (
        "Its next run was deleted by hand. It goes on at 2026-06-01 16:00:00 UTC."
    )
    assert mend() == []


def test_what_ran_before_is_not_counted(make_job, make_run, clock, now):
    job = make_job()
    make_run(job, "succeeded", scheduled_for=now + 2 * HOUR)
    by_hand(next_run_at=None, created_at=now)
    clock.move(3 * HOUR + HOUR / 2)

    mend()

    assert Gap.objects.get().count == 1


def test_a_next_run_that_was_put_off_for_ages_is_planned_again(make_job, now):
    make_job(schedule_expression="0 12 * * 1")
    by_hand(next_run_at=now + 5000 * DAY)

    assert mend() == ["job"]

    assert next_run() == now + 7 * DAY
    assert "moved to 2040-02-08 12:00 UTC by hand" in Activity.objects.get().reason


def test_what_a_clock_that_was_set_back_has_run_is_not_planned_again(
    make_job, make_run, now
):
    job = make_job()
    make_run(job, "succeeded", scheduled_for=now + 3 * DAY)
    by_hand(next_run_at=now + 3 * DAY + HOUR)

    mend()

    assert next_run() == now + 3 * DAY + HOUR


UNPLANNED = {
    "one that people start": {"schedule_kind": "manual", "schedule_expression": ""},
    "one whose moment is over": {
        "schedule_kind": "once",
        "schedule_expression": "2020-01-01 10:00",
    },
    "one that has ended": {"ends_at": datetime(2026, 6, 1, 12, 30, tzinfo=UTC)},
    "one that is off": {"enabled": False},
}


@pytest.mark.parametrize("which", UNPLANNED)
def test_a_job_that_has_no_next_run_is_left_alone(make_job, which):
    make_job(**UNPLANNED[which])

    assert next_run() is None
    assert mend() == []


@pytest.mark.parametrize("until", [None, 30 * DAY])
def test_what_is_off_or_paused_for_long_is_left_alone(make_job, now, until):
    make_job("off")
    actions.switch_off("off", until=now + 40 * DAY)
    make_job("paused")
    actions.pause(until=until and now + until)

    assert mend() == []


def test_what_waits_for_a_pause_that_was_deleted_goes_on(make_job, now):
    make_job()
    actions.pause()
    Pause.objects.all().delete()

    assert mend() == ["job"]

    assert next_run() == now + HOUR
    assert "The pause whose end it waited for" in Activity.objects.first().reason


# Before anybody mends it.


def settle(clock):
    while look().due() and queue_due(clock.time, clock.time - DAY):
        pass


def test_a_day_added_by_hand_holds_at_the_last_moment(daily, close, clock, now):
    clock.time = now + 2 * DAY - HOUR
    close(TOMORROW + DAY, "Strike")
    clock.move(HOUR)
    settle(clock)

    job = ScheduledJob.objects.get()
    assert not job.runs.exists()
    assert job.next_run_at == now + 3 * DAY
    assert not job.plan_is_stale()
    why = list(Gap.objects.order_by("first").values_list("reason", flat=True))
    assert [reason[:15] for reason in why] == ["Holiday: Kermis", "Holiday: Strike"]


def test_other_days_leave_what_is_due_as_it_is(daily, close, clock, now):
    close(date(2026, 7, 1))
    clock.time = now + 2 * DAY
    settle(clock)

    job = ScheduledJob.objects.get()
    assert job.runs.get().scheduled_for == now + 2 * DAY
    assert job.closed_days[-1] == ["2026-07-01", "Holiday: Kermis"]
    assert not job.plan_is_stale()
