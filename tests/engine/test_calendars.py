"""A job does not run on the days of its calendar, and a gap says why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from cronmgmt import queries
from cronmgmt.engine import actions
from cronmgmt.engine.actions import Actor, read_days
from cronmgmt.engine.declaring import apply_declarations
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.errors import Forbidden, Refused
from cronmgmt.models import Activity, Calendar, Gap, ScheduledJob
from cronmgmt.policies import POLICIES

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TOMORROW = date(2026, 6, 2)
AFTER = date(2026, 6, 3)
WHY = "Holiday: Kermis (calendar nl)."


@pytest.fixture
def calendar(clock):
    return actions.save_calendar("nl", [(TOMORROW, "Kermis")])


@pytest.fixture
def daily(calendar, make_job):
    """Every day at noon, next tomorrow; that is a holiday."""
    return make_job(schedule_expression="0 12 * * *", calendar="nl")


def work(clock, until, step=HOUR):
    """Let a scheduler look once an hour."""
    since = clock.time
    while clock.time < until:
        clock.move(step)
        queue_due(clock.time, since)


def test_the_next_run_is_after_the_holiday(daily, now):
    assert daily.next_run_at == now + 2 * DAY


def test_what_the_holiday_took_out_is_one_gap_with_the_reason(daily, clock, now):
    work(clock, now + 2 * DAY)

    gap = Gap.objects.get()
    assert (gap.job, gap.kind, gap.reason) == (daily, Gap.Kind.HOLIDAY, WHY)
    assert (gap.first, gap.last, gap.count) == (now + DAY, now + DAY, 1)
    assert daily.runs.get().scheduled_for == now + 2 * DAY


def test_it_is_told_once_over_several_days(daily, clock, now):
    work(clock, now + 5 * DAY)

    assert Gap.objects.filter(kind=Gap.Kind.HOLIDAY).count() == 1
    assert daily.runs.count() >= 1


def test_a_holiday_of_a_busy_job_is_one_gap(calendar, make_job, clock, now):
    make_job(schedule_expression="* * * * *", calendar="nl", overlap="allow")
    make_job("other", schedule_expression="* * * * *", overlap="allow")

    ScheduledJob.objects.filter(name="other").delete()
    clock.time = now + 36 * HOUR - timedelta(minutes=1)
    queue_due(clock.time, alive_since=clock.time)
    clock.move(timedelta(minutes=1))
    queue_due(clock.time, alive_since=clock.time)

    gap = Gap.objects.get(kind=Gap.Kind.HOLIDAY)
    assert gap.count == 24 * 60


def test_before_the_job_was_made_it_missed_no_holiday(calendar, make_job, clock, now):
    clock.time = now + 30 * HOUR
    make_job(schedule_expression="0 12 * * *", calendar="nl")
    work(clock, now + 3 * DAY)

    assert not Gap.objects.exists()


def test_the_moved_run_is_told_of(calendar, make_job, clock, now):
    job = make_job(schedule_expression="0 12 * * TUE", calendar="nl", on_holiday="next")

    work(clock, now + 3 * DAY)

    assert job.runs.get().scheduled_for == now + 2 * DAY
    assert "moved to the next open day" in Gap.objects.get().reason


def test_previews_know_the_holidays(daily, now):
    preview = queries.preview(daily)

    assert preview.moments[:2] == [now, now + 2 * DAY]
    assert "calendar nl" in preview.words


# Editing a calendar.


def test_a_day_taken_out_is_run_again(daily, now):
    actions.save_calendar("nl", [])

    daily.refresh_from_db()
    assert daily.next_run_at == now + DAY
    assert not daily.plan_is_stale()


def test_a_day_put_in_is_not_run(daily, now):
    actions.save_calendar("nl", [(TOMORROW, "a"), (AFTER, "b", "freeze")])

    daily.refresh_from_db()
    assert daily.next_run_at == now + 3 * DAY


def test_jobs_without_it_are_left_alone(calendar, make_job):
    job = make_job()
    actions.save_calendar("nl", [(AFTER, "")])

    assert ScheduledJob.objects.get().revision == job.revision


def test_what_was_overdue_is_covered_first(daily, clock, now):
    clock.time = now + 2 * DAY + HOUR
    actions.save_calendar("nl", [(date(2026, 6, 4), "")])

    daily.refresh_from_db()
    gaps = Gap.objects.order_by("first").values_list("kind", "first")
    assert list(gaps) == [("holiday", now + DAY), ("missed", now + 2 * DAY)]
    assert daily.next_run_at == now + 4 * DAY


def test_a_job_that_cannot_do_with_it_keeps_all_as_it_was(calendar, make_job):
    job = make_job(schedule_expression="0 12 * * TUE", calendar="nl", on_holiday="next")
    ScheduledJob.objects.update(schedule_expression="* * * * *", planned_from="")

    with pytest.raises(Refused, match="job cannot do with these days"):
        actions.save_calendar("nl", [(TOMORROW, ""), (AFTER, "")])

    assert calendar.days.count() == 1
    assert ScheduledJob.objects.get().revision == job.revision


def test_it_is_on_record(calendar):
    actions.save_calendar("nl", [], Actor("alice", "code"), reason="no more kermis")

    row = Activity.objects.latest("id")
    assert (row.actor, row.action, row.job_name) == ("alice", "calendar", "nl")
    assert row.reason == "no more kermis"


def test_who_may_not_is_refused(calendar, django_user_model):
    user = django_user_model.objects.create_user("vera")

    with pytest.raises(Forbidden):
        actions.save_calendar("nl", [], Actor("vera", "admin", user))
    with pytest.raises(Forbidden):
        actions.delete_calendar("nl", Actor("vera", "admin", user))


@pytest.mark.parametrize("name", ["", "N L", "ü", "a" * 101])
def test_a_name_that_is_none_is_refused(db, clock, name):
    with pytest.raises(Refused):
        actions.save_calendar(name, [])


def test_a_calendar_in_use_is_not_deleted(daily):
    with pytest.raises(Refused, match="Calendar nl is used by job"):
        actions.delete_calendar("nl")

    daily.calendar = ""
    daily.save()
    actions.delete_calendar("nl")
    assert not Calendar.objects.exists()


# A job and its calendar.


def test_a_job_cannot_name_a_calendar_that_there_is_not(make_job):
    with pytest.raises(ValidationError, match="There is no calendar of that name"):
        make_job(calendar="nl")


def test_the_code_may_name_one_before_anybody_made_it(declare, clock):
    declare("t:members", calendar="nl", on_holiday="next")

    assert apply_declarations().failed == {}
    assert ScheduledJob.objects.get().calendar == Calendar.objects.get().name == "nl"


def test_without_a_calendar_the_days_are_forgotten(daily, now):
    daily.calendar = ""
    daily.save()

    row = ScheduledJob.objects.get()
    assert (row.closed_days, row.covered_until) == ([], None)
    assert row.next_run_at == now + DAY


def test_days_edited_by_hand_in_the_jobs_row_are_the_calendars_again(daily, clock, now):
    ScheduledJob.objects.update(closed_days=["Kermis"])

    clock.time = now + 2 * DAY
    queue_due(clock.time, clock.time)

    job = ScheduledJob.objects.get()
    assert job.closed_days == [["2026-06-02", "Holiday: Kermis"]]
    assert job.next_run_at == now + 3 * DAY
    assert not job.set_aside_reason


def test_days_that_nobody_can_read_set_the_job_aside(daily, clock, now):
    Calendar.objects.all().delete()
    ScheduledJob.objects.update(closed_days=["Kermis"])

    clock.time = now + 2 * DAY
    queue_due(clock.time, clock.time)

    assert "save the calendar again" in ScheduledJob.objects.get().set_aside_reason


def test_they_are_policies():
    assert {"calendar", "on_holiday"} <= POLICIES


# Lines.


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2026-12-25 Christmas", (date(2026, 12, 25), "Christmas", "holiday")),
        ("  2026-12-25  ", (date(2026, 12, 25), "", "holiday")),
        ("2026-12-25;Holiday: X", (date(2026, 12, 25), "X", "holiday")),
        ("2026-12-25, freeze year-end", (date(2026, 12, 25), "year-end", "freeze")),
        ("2026-12-25 freezer day", (date(2026, 12, 25), "freezer day", "holiday")),
    ],
)
def test_a_line_is_a_day(line, expected):
    assert read_days(line) == [expected]


def test_a_range_is_all_its_days():
    days = read_days("\n2026-12-30 to 2027-01-02 freeze year-end\n\n2027-05-01\n")

    assert [day for day, *_ in days] == [
        date(2026, 12, 30),
        date(2026, 12, 31),
        date(2027, 1, 1),
        date(2027, 1, 2),
        date(2027, 5, 1),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Christmas",
        "2026-02-30",
        "25-12-2026",
        "2026-12-25Christmas",
        "2026-12-25 to 2026-12-24",
        "2026-12-25 to 2036-12-24",
    ],
)
def test_a_line_that_cannot_be_read_is_shown(line):
    with pytest.raises(Refused, match="is no line of a calendar"):
        read_days(line)


def test_a_holiday_while_the_job_is_off_is_told_too(daily, clock, now):
    actions.switch_off("job")
    clock.time = now + 2 * DAY + HOUR
    actions.switch_on("job")

    kinds = Gap.objects.order_by("first").values_list("kind", "first")
    assert list(kinds) == [("holiday", now + DAY), ("off", now + 2 * DAY)]
