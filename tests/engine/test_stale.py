"""Whatever is done to a job that is overdue: no stale run, no stale next run.

And no occurrence that is forgotten: what did not run has a row or a gap.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cronmgmt.admin import saving
from cronmgmt.engine import actions
from cronmgmt.engine.actions import Actor
from cronmgmt.engine.declaring import apply_declarations
from cronmgmt.engine.looking import look
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import Gap, JobRun, ScheduledJob, Status

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DOWN = 3 * DAY + 10 * MINUTE

ALICE = Actor("alice", "admin")


def settle(clock, alive_since):
    """Look as often as a scheduler would before it sleeps."""
    while look().due() and queue_due(clock.time, alive_since):
        pass


def job_of(name="job"):
    return ScheduledJob.objects.get(name=name)


def save(**changes):
    job = job_of()
    for name, value in changes.items():
        setattr(job, name, value)
    job.save()


def edit(**changes):
    actions.save_job(changed(**changes), ALICE)


def changed(**changes):
    job = job_of()
    for name, value in changes.items():
        setattr(job, name, value)
    return job


def by_hand(**changes):
    ScheduledJob.objects.update(**changes)


def switch_off_and_on():
    actions.switch_off("job")
    actions.switch_on("job")


def retire_and_revive():
    actions.cancel_job("job")
    actions.revive_job("job")


def pause_and_end():
    actions.pause()
    actions.end_pause()


WAYS = {
    "another expression": lambda: edit(schedule_expression="30 * * * *"),
    "another zone": lambda: edit(timezone="Asia/Kathmandu"),
    "another kind": lambda: edit(schedule_kind="interval", schedule_expression="90m"),
    "a start": lambda: edit(starts_at=job_of().created_at - 9000 * DAY),
    "an end": lambda: edit(ends_at=job_of().next_run_at + 99 * DAY),
    "a calendar": lambda: edit(calendar="nl"),
    "another name": lambda: edit(name="renamed"),
    "registered anew": lambda: actions.register_job("job", "30 * * * *", "t:nothing"),
    "a form": lambda: saving.edit(
        job_of(), {"schedule_expression": "30 * * * *"}, ALICE
    ),
    "off and on": switch_off_and_on,
    "retired and revived": retire_and_revive,
}


@pytest.fixture
def overdue(make_job, clock):
    """An hourly job that nobody has looked at for days."""
    actions.save_calendar("nl", [(date(2026, 6, 9), "")])
    job = make_job(misfire="all", overlap="allow", grace=30 * DAY)
    clock.move(DOWN)
    return job


@pytest.mark.parametrize("way", WAYS)
def test_it_goes_on_with_its_next_future_occurrence(overdue, clock, way):
    WAYS[way]()

    job = ScheduledJob.objects.get()
    assert clock.time < job.next_run_at <= clock.time + 2 * HOUR
    assert not job.plan_is_stale()
    settle(clock, clock.time)
    assert not JobRun.objects.exists()
    assert sum(Gap.objects.values_list("count", flat=True)) == 72


AROUND = {
    "a schedule edited by hand": {"schedule_expression": "30 * * * *"},
    "a zone edited by hand": {"timezone": "Asia/Kathmandu"},
    "switched off by hand": {"enabled": False},
}


@pytest.mark.parametrize("way", AROUND)
def test_a_row_edited_by_hand_starts_nothing_stale(overdue, clock, way):
    by_hand(**AROUND[way])
    settle(clock, clock.time)

    job = job_of()
    assert job.next_run_at is None or job.next_run_at > clock.time
    assert not JobRun.objects.exists()


def test_a_pause_of_everything_starts_nothing_when_it_ends(make_job, clock):
    make_job(misfire="all", overlap="allow", grace=30 * DAY)
    actions.pause()
    clock.move(DOWN)
    actions.end_pause()
    settle(clock, clock.time)

    assert job_of().next_run_at == clock.time + 50 * MINUTE
    assert not JobRun.objects.exists()
    assert Gap.objects.get().count == 72


def test_an_edit_while_it_is_off_starts_nothing(make_job, clock, now):
    make_job(misfire="all", overlap="allow", grace=30 * DAY)
    actions.switch_off("job", until=now + DAY)
    clock.move(HOUR)
    edit(schedule_expression="30 * * * *")
    clock.move(2 * HOUR)
    settle(clock, clock.time)

    assert job_of().next_run_at == now + DAY + 30 * MINUTE
    assert not JobRun.objects.exists()


def test_a_new_deploy_starts_nothing_stale(declare, clock, now):
    declare(cron="0 * * * *", misfire="all", overlap="allow", grace=30 * DAY)
    apply_declarations()
    clock.move(DOWN)
    declare(cron="30 * * * *", misfire="all", overlap="allow", grace=30 * DAY)
    apply_declarations()
    settle(clock, clock.time)

    assert not JobRun.objects.exists()
    assert Gap.objects.get().count == 72
    assert ScheduledJob.objects.get().next_run_at > clock.time


def test_a_date_that_passed_while_nobody_looked(make_job, clock, now):
    make_job(misfire="none")
    actions.switch_off("job", until=now + DAY)
    clock.move(DOWN)
    settle(clock, clock.time)

    assert job_of().next_run_at == clock.time + 50 * MINUTE
    assert not JobRun.objects.exists()
    kinds = Gap.objects.order_by("first").values_list("kind", "count")
    assert list(kinds) == [("off", 23), ("missed", 49)]


# A backup is restored.


def test_the_jobs_alone_were_set_back(make_job, make_run, clock, now):
    job = make_job(misfire="all", overlap="allow", grace=30 * DAY)
    ran = [now + hour * HOUR for hour in range(1, 73)]
    for moment in ran:
        make_run(job, Status.SUCCEEDED, scheduled_for=moment)
    clock.move(DOWN)
    settle(clock, clock.time)

    assert JobRun.objects.count() == 72
    assert not JobRun.objects.filter(status=Status.QUEUED).exists()
    assert not Gap.objects.exists()
    assert job_of().next_run_at == now + 73 * HOUR


def test_part_of_what_they_were_set_back_to_never_ran(make_job, make_run, clock, now):
    job = make_job(misfire="latest")
    make_run(job, Status.SUCCEEDED, scheduled_for=now + 70 * HOUR)
    clock.move(DOWN)
    settle(clock, clock.time)

    later = job.runs.filter(scheduled_for__gt=now + 70 * HOUR)
    missed, caught_up = later.order_by("scheduled_for")
    assert (missed.scheduled_for, missed.status) == (now + 71 * HOUR, Status.MISSED)
    assert caught_up.scheduled_for == now + 72 * HOUR


def test_history_that_was_pruned_does_not_run_again(make_job, clock, now):
    make_job(misfire="all", overlap="allow", grace=30 * DAY)
    by_hand(forgotten_before=now + 71 * HOUR + MINUTE)
    clock.move(DOWN)
    settle(clock, clock.time)

    assert not JobRun.objects.exists()
    assert job_of().next_run_at == clock.time + 50 * MINUTE


@pytest.mark.parametrize("ways", [("a calendar", "another zone"), ("off and on",) * 2])
def test_twice_in_a_row_covers_nothing_twice(overdue, clock, ways):
    for way in ways:
        WAYS[way]()
    settle(clock, clock.time)

    assert sum(Gap.objects.values_list("count", flat=True)) == 72
