"""The same with pauses, tags and calendars: accounted for, and nothing that may not."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cronmgmt import ledger
from cronmgmt.clock import SettableClock, use
from cronmgmt.engine import actions
from cronmgmt.engine.pauses import take_up_stranded
from cronmgmt.models import (
    Calendar,
    Gap,
    JobRun,
    Origin,
    Pause,
    ScheduledJob,
    Status,
)
from cronmgmt.schedules import build_schedule
from tests.engine import test_ledger_machine as ledger_machine
from tests.engine.test_ledger_machine import EXPRESSIONS, NIGHTS, POLICIES, ZONES
from tests.examples import TIMES

pytestmark = [pytest.mark.django_db, pytest.mark.part("4.1")]

SECOND = timedelta(seconds=1)
RAN = (Status.QUEUED, Status.CLAIMED, Status.RUNNING, Status.SUCCEEDED, Status.FAILED)

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.sampled_from([1, 20, 61, 400, 3700, 90_000])),
        st.tuples(st.just("tick"), st.just(0)),
        st.tuples(st.just("tick"), st.just(0)),
        st.tuples(st.just("work"), st.sampled_from(["succeeded", "dies"])),
        st.tuples(st.just("pause"), st.sampled_from([0, 30, 4000, 100_000])),
        st.tuples(st.just("end pause"), st.just(0)),
        st.tuples(st.just("pause tag"), st.sampled_from([0, 30, 4000])),
        st.tuples(st.just("end tag"), st.just(0)),
        st.tuples(st.just("tags"), st.sampled_from([[], ["a"]])),
        st.tuples(st.just("holidays"), st.sets(st.integers(-1, 3))),
        st.tuples(st.just("switch off"), st.sampled_from([0, 30, 4000])),
        st.tuples(st.just("switch on"), st.just(0)),
        st.tuples(st.just("edit"), st.sampled_from(EXPRESSIONS)),
        st.tuples(st.just("move"), st.sampled_from(ZONES)),
        st.tuples(st.just("stranded"), st.just(0)),
    ),
    max_size=25,
)


class Site(ledger_machine.Site):
    """One job, and somebody who closes things."""

    def __init__(self, clock, **policies):
        actions.save_calendar("nl", [])
        super().__init__(clock, calendar="nl", tags=["a"], **policies)

    def _begin(self):
        super()._begin()
        job = self.job
        # Also what closed days take out is to be accounted for.
        self.schedule = build_schedule(
            job.schedule_kind, job.schedule_expression, job.timezone, key=job.name
        )

    def pause(self, seconds, tag=""):
        if not [each for each in Pause.not_over(self.clock.time) if each.tag == tag]:
            until = self.clock.time + timedelta(seconds=seconds) if seconds else None
            actions.pause(tag=tag, until=until, reason="because")

    def end_pause(self, _, tag=""):
        if [each for each in Pause.not_over(self.clock.time) if each.tag == tag]:
            actions.end_pause(tag=tag)

    def pause_tag(self, seconds):
        self.pause(seconds, "a")

    def end_tag(self, _):
        self.end_pause(_, "a")

    def tags(self, tags):
        self._change(tags=tags)

    def holidays(self, numbers):
        today = self.clock.time.date()
        days = [(today + timedelta(days=number), "because") for number in numbers]
        actions.save_calendar("nl", days)
        self._end()

    def stranded(self, _):
        take_up_stranded()

    def settle(self):
        self.end_pause(0)
        self.end_pause(0, "a")
        actions.save_calendar("nl", [])
        self._end()
        super().settle()

    def check(self):
        super().check()
        job = ScheduledJob.objects.get()
        assert not job.plan_is_stale()
        if job.next_run_at:
            assert not self._is_paused(job)
        self._nothing_ran_in_a_pause()

    def unexplained(self):
        """Return occurrences, a few of them, that nobody can say anything about."""
        job = ScheduledJob.objects.get()
        past = [at for at in self.wanted if at < self.clock.time - SECOND]
        some = past[:: max(len(past) // 5, 1)]
        answers = [ledger.why(job, at) for at in some]
        return [
            answer
            for answer in answers
            if answer.outcome in ("unknown", "undecided") or not self._is_of(answer)
        ]

    def _is_of(self, answer):
        gap = answer.gap
        is_in_gap = gap and gap.first <= answer.asked <= gap.last
        return is_in_gap or answer.occurrence == answer.asked

    def _is_paused(self, job):
        """Return whether the next run is one that a pause is sure to prevent."""
        return any(
            each.since <= job.next_run_at and not each.until
            for each in Pause.not_over(self.clock.time)
            if each.covers(job) and job.next_run_at > self.clock.time
        )

    def _nothing_ran_in_a_pause(self):
        ran = JobRun.objects.filter(status__in=RAN, origin=Origin.SCHEDULE)
        for pause in Pause.objects.filter(scope="everything"):
            end = min(pause.until or self.clock.time, self.clock.time)
            # A run may have been made ahead, up to a second before the pause began.
            since = pause.since + SECOND
            assert not ran.filter(scheduled_for__gt=since, scheduled_for__lt=end)


EXAMPLES = TIMES * (25 if connection.vendor == "sqlite" else 8)


@settings(
    max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=STEPS,
    night=st.sampled_from(NIGHTS),
    zone=st.sampled_from(ZONES),
    policies=st.sampled_from(POLICIES),
    on_holiday=st.sampled_from(["skip", "next"]),
)
def test_whatever_closes_every_occurrence_is_accounted_for(
    db, steps, night, zone, policies, on_holiday
):
    for model in (JobRun, Gap, ScheduledJob, Pause, Calendar):
        model.objects.all().delete()
    with use(SettableClock(night)) as clock:
        site = Site(clock, timezone=zone, on_holiday=on_holiday, **policies)
        for step, what in steps:
            getattr(site, step.replace(" ", "_"))(what)
            site.check()
        site.settle()
        site.check()

        assert site.unaccounted() == []
        assert site.unexplained() == []
        gaps = Gap.objects.filter(kind="off", reason__startswith="Everything")
        spans = sorted(gaps.values_list("first", "last"))
        assert all(one[1] < other[0] for one, other in pairwise(spans))
