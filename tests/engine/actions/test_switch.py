"""One switch: off, off until a date, on again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.engine import actions
from cronmgmt.engine.actions import Actor
from cronmgmt.errors import (
    Refused,
)
from cronmgmt.models import Gap, ScheduledJob, Status

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ALICE = Actor("alice", "dashboard")


def test_a_job_is_switched_off_with_a_reason(make_job, now):
    make_job()

    actions.switch_off("job", ALICE, reason="a new source")

    job = ScheduledJob.objects.get()
    assert (job.state, job.next_run_at) == ("off", None)
    assert (job.off_since, job.off_by, job.off_reason) == (now, "alice", "a new source")


def test_a_job_is_switched_off_until_a_date(make_job, now):
    make_job()

    actions.switch_off("job", until=now + 150 * MINUTE)

    job = ScheduledJob.objects.get()
    assert (job.state, job.off_until) == ("off", now + 150 * MINUTE)
    assert job.next_run_at == now + 3 * HOUR


def test_a_date_that_has_passed_is_refused(make_job, now):
    make_job()

    with pytest.raises(Refused, match="passed already"):
        actions.switch_off("job", until=now)

    assert ScheduledJob.objects.get().enabled


def test_switched_on_it_continues_and_the_time_off_is_a_gap(make_job, clock, now):
    make_job()
    actions.switch_off("job", ALICE, reason="a new source")
    clock.move(150 * MINUTE)

    job = actions.switch_on("job", ALICE)

    gap = Gap.objects.get()
    assert (job.state, job.next_run_at) == ("on", now + 3 * HOUR)
    assert (job.off_since, job.off_until, job.off_by) == (None, None, "")
    assert (gap.first, gap.last, gap.count) == (now + HOUR, now + 2 * HOUR, 2)
    assert gap.reason == "Switched off by alice: a new source."


def test_switched_off_again_it_is_off_since_the_first_time(make_job, clock, now):
    make_job()
    actions.switch_off("job", reason="first")
    clock.move(HOUR)

    job = actions.switch_off("job", reason="second")

    assert (job.off_since, job.off_reason) == (now, "second")


def test_switched_on_when_it_is_on_nothing_changes(make_job, now):
    make_job()

    job = actions.switch_on("job")

    assert (job.state, job.next_run_at) == ("on", now + HOUR)
    assert not Gap.objects.exists()


def test_a_run_that_waits_is_not_touched_by_the_switch(make_job):
    make_job()
    run = actions.trigger("job")

    actions.switch_off("job")

    run.refresh_from_db()
    assert run.status == Status.QUEUED


@pytest.mark.parametrize(
    "broken", [{"params": {"gone": 1}}, {"timezone": "Mars/Olympus"}, {"tags": 5}]
)
def test_a_job_that_is_broken_elsewhere_can_be_switched_off(make_job, broken):
    make_job()
    ScheduledJob.objects.update(**broken)

    assert actions.switch_off("job").state == "off"
