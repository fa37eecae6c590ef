"""Whatever people, schedulers, workers and time do: every occurrence is accounted for."""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cronmgmt.clock import SettableClock, use
from cronmgmt.engine import actions, retention
from cronmgmt.engine.claiming import claim, start
from cronmgmt.engine.finishing import finish
from cronmgmt.engine.looking import look
from cronmgmt.engine.outcomes import Outcome
from cronmgmt.engine.presence import CONTINUITY
from cronmgmt.engine.recovery import recover_expired
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.errors import Refused
from cronmgmt.models import UNFINISHED, Gap, JobRun, ScheduledJob, Status
from tests.conftest import MOMENT
from tests.examples import TIMES

pytestmark = [pytest.mark.django_db, pytest.mark.part("4.1", "4.5")]

# The clock of Amsterdam goes back an hour during the second and forward during the
# third of these nights.
NIGHTS = [
    MOMENT,
    MOMENT.replace(month=10, day=24, hour=22),
    MOMENT.replace(year=2027, month=3, day=27, hour=23),
]
EXPRESSIONS = ["* * * * *", "*/7 * * * *", "0 * * * *", "30 2 * * *"]
ZONES = ["UTC", "Europe/Amsterdam", "Asia/Kathmandu"]
POLICIES = [
    {"overlap": "skip", "misfire": "latest"},
    {"overlap": "skip", "misfire": "none"},
    {"overlap": "allow", "misfire": "latest"},
    {"overlap": "allow", "misfire": "all"},
]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.sampled_from([1, 20, 61, 400, 3700, 90_000])),
        st.tuples(st.just("tick"), st.just(0)),
        st.tuples(st.just("tick"), st.just(0)),
        st.tuples(st.just("work"), st.sampled_from(["succeeded", "failed", "dies"])),
        st.tuples(st.just("trigger"), st.just(0)),
        st.tuples(st.just("switch off"), st.sampled_from([0, 30, 4000])),
        st.tuples(st.just("switch on"), st.just(0)),
        st.tuples(st.just("edit"), st.sampled_from(EXPRESSIONS)),
        st.tuples(st.just("move"), st.sampled_from(ZONES)),
        st.tuples(st.just("recover"), st.just(0)),
        st.tuples(st.just("prune"), st.just(0)),
    ),
    max_size=25,
)


class Site:
    """One job, a scheduler, a worker and somebody who interferes."""

    def __init__(self, clock, **policies):
        self.clock = clock
        self.job = ScheduledJob.objects.create(
            name="job",
            handler="t:nothing",
            schedule_kind="cron",
            schedule_expression="*/7 * * * *",
            retention=timedelta(hours=3),
            **policies,
        )
        self.wanted = []
        self.seen_at = self.alive_since = clock.time
        self._begin()

    # What there must be: the occurrences of each schedule while it was in force.

    def _begin(self):
        self.job.refresh_from_db()
        self.since, self.schedule = self.clock.time, self.job.schedule

    def _end(self):
        last = self.schedule.previous_before(self.clock.time + timedelta.resolution)
        first = self.schedule.next_after(self.since)
        if first and last and first <= last:
            self.wanted += self.schedule.between(first, last, 3000)
        self._begin()

    # What happens.

    def wait(self, seconds):
        self.clock.move(timedelta(seconds=seconds))

    def tick(self, _):
        now = self.clock.time
        if now - self.seen_at > CONTINUITY:
            self.alive_since = now
        self.seen_at = now
        while look().due():
            if not queue_due(now, self.alive_since):
                break

    def work(self, ending):
        for run in claim("default", 3).runs:
            run.seen = time.monotonic()
            if start(run) and ending != "dies":
                finish(run, Outcome(ending, "because"))

    def trigger(self, _):
        try:
            actions.trigger("job")
        except Refused:
            assert JobRun.objects.filter(status__in=UNFINISHED).exists()

    def switch_off(self, seconds):
        until = self.clock.time + timedelta(seconds=seconds) if seconds else None
        if ScheduledJob.objects.get().enabled:
            actions.switch_off("job", until=until, reason="because")

    def switch_on(self, _):
        if not ScheduledJob.objects.get().enabled:
            actions.switch_on("job")

    def edit(self, expression):
        self._change(schedule_expression=expression)

    def move(self, zone):
        self._change(timezone=zone)

    def _change(self, **fields):
        job = ScheduledJob.objects.get()
        for name, value in fields.items():
            setattr(job, name, value)
        actions.save_job(job, actions.CODE)
        self._end()

    def recover(self, _):
        recover_expired()

    def prune(self, _):
        retention.prune()

    # What must hold.

    def check(self):
        runs = list(JobRun.objects.exclude(scheduled_for=None))
        assert all(n == 1 for n in Counter(r.scheduled_for for r in runs).values())
        for run in runs:
            assert run.status == Status.SUCCEEDED or run.is_finished <= bool(run.reason)

    def settle(self):
        """Let everything be decided and end."""
        self.switch_on(0)
        for _ in range(8):
            self.wait(61)
            self.tick(0)
            self.work("succeeded")
            recover_expired()
        self._end()

    def unaccounted(self):
        """Return the occurrences that neither a run nor a gap covers."""
        job = ScheduledJob.objects.get()
        runs = set(JobRun.objects.values_list("scheduled_for", flat=True))
        gaps = list(Gap.objects.exclude(reason="").values_list("first", "last"))
        return [
            at
            for at in self.wanted
            if at not in runs
            and not any(first <= at <= last for first, last in gaps)
            and not (job.forgotten_before and at < job.forgotten_before)
            # What is due within the last second may still be undecided.
            and at < self.clock.time - timedelta(seconds=1)
        ]


# Behind a network each statement takes ten times as long, and shows the same.
EXAMPLES = TIMES * (35 if connection.vendor == "sqlite" else 8)


@settings(
    max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=STEPS,
    night=st.sampled_from(NIGHTS),
    zone=st.sampled_from(ZONES),
    policies=st.sampled_from(POLICIES),
)
def test_every_occurrence_is_accounted_for(db, steps, night, zone, policies):
    for model in (JobRun, Gap, ScheduledJob):
        model.objects.all().delete()
    with use(SettableClock(night)) as clock:
        site = Site(clock, timezone=zone, **policies)
        for step, what in steps:
            getattr(site, step.replace(" ", "_"))(what)
            site.check()
        site.settle()
        site.check()

        assert site.unaccounted() == []
