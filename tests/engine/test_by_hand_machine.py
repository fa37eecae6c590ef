"""Rows edited by SQL and rows of an older backup: no stale run, no stale next run."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cronmgmt.clock import SettableClock, use
from cronmgmt.engine import actions
from cronmgmt.engine.looking import LOOKAHEAD
from cronmgmt.engine.mending import Mending
from cronmgmt.models import Calendar, CalendarDay, Gap, JobRun, Origin, ScheduledJob
from cronmgmt.schedules.zones import load_zone
from tests.engine import test_ledger_machine as ledger_machine
from tests.engine.test_ledger_machine import EXPRESSIONS, NIGHTS, ZONES
from tests.examples import TIMES

pytestmark = [pytest.mark.django_db, pytest.mark.part("4.1")]

LONGEST_GRACE = timedelta(hours=12)
UNKEPT = {"id", "name"}

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.sampled_from([1, 20, 61, 400, 3700, 90_000])),
        st.tuples(st.just("tick"), st.just(0)),
        st.tuples(st.just("tick"), st.just(0)),
        st.tuples(st.just("work"), st.sampled_from(["succeeded", "dies"])),
        st.tuples(st.just("day"), st.integers(0, 2)),
        st.tuples(st.just("row"), st.sampled_from(EXPRESSIONS)),
        st.tuples(st.just("zone"), st.sampled_from(ZONES)),
        st.tuples(st.just("back up"), st.just(0)),
        st.tuples(st.just("restore"), st.just(0)),
        st.tuples(st.just("mend"), st.just(0)),
        st.tuples(st.just("switch off"), st.sampled_from([0, 30, 4000])),
        st.tuples(st.just("switch on"), st.just(0)),
        st.tuples(st.just("move"), st.sampled_from(ZONES)),
        st.tuples(st.just("recover"), st.just(0)),
        st.tuples(st.just("prune"), st.just(0)),
    ),
    max_size=25,
)


class Site(ledger_machine.Site):
    """One job, and somebody with a prompt of the database."""

    def __init__(self, clock, **policies):
        actions.save_calendar("nl", [])
        super().__init__(clock, calendar="nl", keep_last=2, **policies)
        self.dispatched, self.backup = {}, None

    def day(self, number):
        date = self.clock.time.date() + timedelta(days=number)
        known = CalendarDay.objects.filter(date=date)
        if not known.delete()[0]:
            calendar = Calendar.objects.get()
            CalendarDay.objects.create(calendar=calendar, date=date, note="because")

    def row(self, expression):
        ScheduledJob.objects.update(schedule_expression=expression)

    def zone(self, zone):
        ScheduledJob.objects.update(timezone=zone)

    def back_up(self, _):
        (row,) = ScheduledJob.objects.values()
        self.backup = {name: row[name] for name in row.keys() - UNKEPT}

    def restore(self, _):
        if self.backup:
            ScheduledJob.objects.update(**self.backup)

    def mend(self, _):
        mending = Mending()
        while mending.go_on():
            pass
        if not ScheduledJob.objects.filter(next_run_at__lte=self.clock.time):
            self.check_plan()

    def tick(self, _):
        known = set(JobRun.objects.values_list("pk", flat=True))
        super().tick(_)
        for run in JobRun.objects.exclude(scheduled_for=None).exclude(pk__in=known):
            self.check_new(run)

    # What must hold.

    def check(self):
        for run in JobRun.objects.exclude(scheduled_for=None):
            occurrence = run.scheduled_for
            known = self.dispatched.setdefault(occurrence, run.execution_id)
            assert known == run.execution_id

    def check_new(self, run):
        """It is neither stale nor on a day that is closed by now."""
        now = self.clock.time
        assert now - LONGEST_GRACE <= run.scheduled_for <= now + LOOKAHEAD
        if run.origin == Origin.SCHEDULE and run.status != "missed":
            assert run.scheduled_for >= self.alive_since
        zone = load_zone(ScheduledJob.objects.get().timezone)
        there = run.scheduled_for.astimezone(zone).date()
        assert not CalendarDay.objects.filter(date=there).exists()

    def check_plan(self):
        """The next run is the next occurrence of what the row and its calendar say."""
        job = ScheduledJob.objects.get()
        assert not job.plan_is_stale()
        assert job.closed_days == Calendar.objects.get().closed_days()
        if job.is_live() and job.enabled:
            soon = self.clock.time + LOOKAHEAD
            following = job.schedule.next_after(soon)
            assert job.next_run_at <= soon or job.next_run_at == following


EXAMPLES = TIMES * (30 if connection.vendor == "sqlite" else 8)


@settings(
    max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS, night=st.sampled_from(NIGHTS), zone=st.sampled_from(ZONES))
def test_whatever_is_done_by_hand_nothing_is_stale(db, steps, night, zone):
    for model in (JobRun, Gap, ScheduledJob, Calendar):
        model.objects.all().delete()
    with use(SettableClock(night)) as clock:
        site = Site(clock, timezone=zone)
        for step, what in steps:
            getattr(site, step.replace(" ", "_"))(what)
            site.check()
        for verb in ("tick", "mend"):
            getattr(site, verb)(0)
            site.check()
