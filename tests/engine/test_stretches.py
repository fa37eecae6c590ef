"""Whatever keeps a job from running for a week: one gap, and one sentence that says it."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command

from cronmgmt.engine import actions
from cronmgmt.engine.actions import Actor
from cronmgmt.engine.claiming import claim
from cronmgmt.engine.looking import look
from cronmgmt.engine.mending import Mending
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import Gap, JobRun, ScheduledJob

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("bell"),
    pytest.mark.part("4.1", "4.3"),
]

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = 7 * DAY
ALICE = Actor("alice", "dashboard")


class Site:
    """One job, looked at as a scheduler would."""

    def __init__(self, make_job, clock):
        self.make_job, self.clock, self.begin = make_job, clock, clock.time

    def job(self, every="60s", **fields):
        kind = {"schedule_kind": "interval", "schedule_expression": every}
        return self.make_job(**{**kind, **fields})

    def wait(self, time, step=None):
        """Let time pass; a scheduler looks after each ``step``, else at the end only."""
        step = step or time
        end = self.clock.time + time
        while self.clock.time < end:
            self.clock.move(step)
            self.look(self.clock.time - step if step < time else self.clock.time)

    def look(self, alive_since):
        while look().due() and queue_due(self.clock.time, alive_since):
            pass


def nobody_is_there(site):
    site.job()
    site.wait(WEEK)


def nobody_is_there_for_a_job_with_a_deadline(site):
    site.job(start_deadline=30 * SECOND, overlap="allow", misfire="all")
    site.wait(WEEK + 45 * SECOND)


def no_worker_is_there(site):
    site.job(start_deadline=MINUTE, overlap="allow")
    site.wait(6 * HOUR, 10 * MINUTE)
    site.clock.move(HOUR)
    claim("default", 10)


def a_later_one_ran_instead(site):
    site.job(grace=2 * WEEK)
    site.wait(WEEK)


def an_earlier_one_had_not_ended(site):
    site.job()
    site.wait(HOUR, MINUTE)


def it_was_off(site):
    site.job("1s")
    actions.switch_off("job", ALICE, until=site.begin + WEEK, reason="a new source")
    site.wait(DAY, 6 * HOUR)
    site.wait(6 * DAY + SECOND)


def it_was_paused(site):
    site.job("1s")
    actions.pause(ALICE, until=site.begin + WEEK, reason="a new source")
    site.wait(DAY, 6 * HOUR)
    site.wait(6 * DAY + SECOND)


def its_tag_was_paused(site):
    site.job("1s", tags=["night"])
    actions.pause(ALICE, tag="night", reason="a new source")
    site.wait(WEEK, DAY)
    actions.end_pause(tag="night")


def it_was_a_holiday(site):
    days = [(site.begin.date() + number * DAY, "Kermis") for number in range(1, 8)]
    actions.save_calendar("nl", days)
    site.job(schedule_expression="0 12 * * *", schedule_kind="cron", calendar="nl")
    site.wait(8 * DAY)


def its_parameters_are_refused(site):
    site.job()
    ScheduledJob.objects.update(params=[1, 2])
    site.wait(WEEK, DAY)
    ScheduledJob.objects.update(params={})
    actions.switch_on("job")


def its_zone_is_no_more(site):
    site.job(schedule_kind="cron", schedule_expression="* * * * *")
    ScheduledJob.objects.update(timezone="Mars/Olympus")
    site.wait(WEEK, DAY)
    ScheduledJob.objects.update(timezone="UTC")
    actions.switch_on("job")


def its_next_run_was_deleted(site):
    site.job()
    ScheduledJob.objects.update(next_run_at=None, created_at=site.begin)
    site.wait(WEEK, DAY)
    mending = Mending()
    while mending.go_on():
        pass


CASES = {
    nobody_is_there: ("missed", 10_078, "Missed: no scheduler was running"),
    nobody_is_there_for_a_job_with_a_deadline: ("missed", 10_080, "Missed: no sched"),
    no_worker_is_there: ("missed", 360, "Missed: no worker was free to start it"),
    a_later_one_ran_instead: ("superseded", 10_078, "Superseded: no scheduler"),
    an_earlier_one_had_not_ended: ("skipped", 59, "Skipped: run "),
    it_was_off: ("off", 604_799, "Switched off by alice: a new source"),
    it_was_paused: ("off", 604_799, "Everything is off until 2026-06-08 12:00 UTC by"),
    its_tag_was_paused: ("off", 604_799, "All jobs with the tag night are off"),
    it_was_a_holiday: ("holiday", 7, "Holiday: Kermis (calendar nl)."),
    its_parameters_are_refused: ("broken", 10_080, "Set aside: InvalidParameters"),
    its_zone_is_no_more: ("broken", 10_080, "Set aside: InvalidSchedule"),
    its_next_run_was_deleted: ("broken", 10_080, "Its next run was deleted by hand."),
}


@pytest.fixture
def site(make_job, clock):
    return Site(make_job, clock)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_stretch_is_one_gap_and_its_sentence_is_the_answer(site, case):
    kind, count, sentence = CASES[case]

    case(site)

    gap = Gap.objects.get()
    assert (gap.kind, gap.count) == (kind, count)
    assert gap.reason.startswith(sentence)
    asked = gap.first + (gap.last - gap.first) / 2
    said = io.StringIO()
    call_command(
        "cronmgmt",
        "why",
        "job",
        f"--at={asked.isoformat()}",
        "--json",
        stdout=said,
    )
    answer = json.loads(said.getvalue())
    assert (answer["outcome"], answer["reason"]) == (kind, gap.reason)
    assert JobRun.objects.count() <= 3
