"""The next run follows from the row: from now on, never from a stale past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cronmgmt.models import ScheduledJob

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_new_job_runs_at_its_next_occurrence(make_job):
    job = make_job(schedule_expression="15 7 * * *")

    assert job.next_run_at == utc("2026-06-02 07:15")


def test_an_occurrence_at_this_very_moment_is_past(make_job, now):
    job = make_job(schedule_expression="0 * * * *")

    assert job.next_run_at == now + HOUR


@pytest.mark.part("4.5")
def test_the_zone_decides_and_utc_is_stored(make_job):
    job = make_job(schedule_expression="15 7 * * *", timezone="America/New_York")

    job.refresh_from_db()
    assert job.next_run_at == utc("2026-06-02 11:15")
    assert job.next_run_at.utcoffset() == timedelta()


def test_another_zone_means_another_instant(make_job):
    job = make_job(schedule_expression="15 7 * * *")

    job.timezone = "Asia/Tokyo"
    job.save()

    assert job.next_run_at == utc("2026-06-01 22:15")


def test_a_changed_schedule_continues_with_its_next_future_occurrence(make_job, clock):
    job = make_job(schedule_expression="0 13 * * *")

    clock.move(3 * HOUR)
    job.schedule_expression = "0 14 * * *"
    job.save()

    assert job.next_run_at == utc("2026-06-02 14:00")


def test_changing_what_says_nothing_about_when_keeps_the_next_run(make_job, clock):
    job = make_job()
    due = job.next_run_at

    clock.move(3 * HOUR)
    job.title, job.timeout, job.jitter = "Hourly", HOUR, timedelta(seconds=30)
    job.save()

    assert job.next_run_at == due


def test_a_job_that_is_off_has_no_next_run(make_job):
    assert make_job(enabled=False).next_run_at is None


def test_switched_on_it_continues_with_the_next_future_occurrence(make_job, clock):
    job = make_job(enabled=False)

    clock.move(5 * HOUR)
    job.enabled = True
    job.save()

    assert job.next_run_at == clock.time + HOUR


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2026-06-03 12:30", "2026-06-03 13:00"),
        ("2026-06-03 13:00", "2026-06-03 13:00"),  # At that moment it is on again.
        ("2026-06-03 13:00:00.5", "2026-06-03 14:00"),
        ("2026-05-01 00:00", "2026-06-01 13:00"),  # It has passed already.
    ],
)
def test_off_until_a_date_continues_right_after_it(make_job, until, expected):
    job = make_job(enabled=False, off_until=utc(until))

    assert job.next_run_at == utc(expected)


def test_a_retired_or_set_aside_job_has_no_next_run(make_job, now):
    retired = make_job("retired", retired_at=now)
    set_aside = make_job("set-aside", set_aside_reason="broken")

    assert retired.next_run_at is None
    assert set_aside.next_run_at is None


def test_a_manual_job_has_no_next_run(make_job):
    assert make_job(schedule_kind="manual", schedule_expression="").next_run_at is None


def test_one_moment_comes_once(make_job, clock):
    job = make_job(schedule_kind="once", schedule_expression="2026-06-01 13:00")
    assert job.next_run_at == clock.time + HOUR

    clock.move(2 * HOUR)
    job.plan()

    assert job.next_run_at is None


def test_bounds_hold_the_schedule_in(make_job, now):
    later = make_job("later", starts_at=now + 30 * DAY)
    over = make_job("over", ends_at=now - DAY)

    assert later.next_run_at == now + 30 * DAY
    assert over.next_run_at is None


def test_an_interval_counts_from_its_start(make_job, now):
    start = now - timedelta(minutes=40)
    job = make_job(schedule_kind="interval", schedule_expression="90m", starts_at=start)

    assert job.next_run_at == start + timedelta(minutes=90)


def test_what_was_forgotten_is_not_planned_again(make_job, now):
    job = make_job(forgotten_before=now + 3 * HOUR)

    assert job.next_run_at > now + 3 * HOUR


def test_a_freshly_read_row_is_not_stale(make_job, now):
    make_job(
        starts_at=now.astimezone(),
        ends_at="2030-01-01T00:00+05:30",
        enabled=False,
        off_until=now + DAY,
    )

    assert not ScheduledJob.objects.get().plan_is_stale()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("schedule_expression", "5 * * * *"),
        ("schedule_kind", "manual"),
        ("timezone", "Asia/Tokyo"),
        ("starts_at", utc("2026-07-01 00:00")),
        ("ends_at", utc("2026-07-01 00:00")),
        ("enabled", False),
        ("off_until", utc("2026-07-01 00:00")),
        ("retired_at", utc("2026-06-01 00:00")),
        ("set_aside_reason", "by hand"),
        ("name", "renamed"),
    ],
)
def test_a_row_edited_by_hand_is_stale(make_job, column, value):
    make_job()

    ScheduledJob.objects.update(**{column: value})

    assert ScheduledJob.objects.get().plan_is_stale()


def test_saving_a_few_columns_saves_the_plan_that_follows_from_them(make_job):
    job = make_job()

    job.schedule_expression = "15 7 * * *"
    job.save(update_fields=["schedule_expression"])

    job.refresh_from_db()
    assert job.next_run_at == utc("2026-06-02 07:15")
    assert not job.plan_is_stale()


def test_every_save_is_another_revision(make_job):
    job = make_job()
    first = job.revision

    job.save()

    assert ScheduledJob.objects.get().revision == first + 1
