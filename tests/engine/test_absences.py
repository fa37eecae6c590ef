"""Nothing is silent: what did not run is covered by a row or a gap, with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cronmgmt.clock import SettableClock, use
from cronmgmt.engine import actions
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import Gap, JobRun, ScheduledJob
from tests.conftest import MOMENT
from tests.examples import TIMES

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def change_the_schedule():
    job = ScheduledJob.objects.get()
    job.schedule_expression = "30 * * * *"
    actions.save_job(job, actions.CODE)


CHANGES = {
    "edit": change_the_schedule,
    "register": lambda: actions.register_job("job", "30 * * * *", "t:nothing"),
    "switch off": lambda: actions.switch_off("job"),
    "retire": lambda: actions.cancel_job("job"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_overdue_when_the_job_was_changed_is_a_gap(
    make_job, clock, now, change
):
    make_job()
    clock.move(150 * MINUTE)

    CHANGES[change]()

    gap = Gap.objects.get()
    assert (gap.kind, gap.count) == (Gap.Kind.MISSED, 2)
    assert (gap.first, gap.last) == (now + HOUR, now + 2 * HOUR)
    assert gap.reason == (
        "Missed: no scheduler was running, and then the job was changed."
    )


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_in_time_leaves_no_gap(make_job, clock, change):
    make_job()
    clock.move(30 * MINUTE)

    CHANGES[change]()

    assert not Gap.objects.exists()


def test_an_edit_that_says_nothing_about_when_leaves_all_to_the_scheduler(
    make_job, clock, now
):
    job = make_job()
    clock.move(150 * MINUTE)
    job.title = "Hourly"

    actions.save_job(job, actions.CODE)

    job.refresh_from_db()
    assert not Gap.objects.exists()
    assert job.next_run_at == now + HOUR


def test_an_edit_while_the_job_is_off_covers_what_the_old_schedule_had(
    make_job, clock, now
):
    make_job(schedule_expression="* * * * *")
    actions.switch_off("job", reason="because")
    clock.move(10 * MINUTE)

    change_the_schedule()
    clock.move(5 * MINUTE)
    actions.switch_on("job")

    gap = Gap.objects.get()
    assert (gap.kind, gap.count) == (Gap.Kind.OFF, 10)
    assert (gap.first, gap.last) == (now + MINUTE, now + 10 * MINUTE)
    assert gap.reason.endswith(": because.")


def test_a_broken_schedule_leaves_nothing_to_tell(make_job, clock):
    make_job()
    ScheduledJob.objects.update(timezone="Mars/Olympus")
    clock.move(150 * MINUTE)

    actions.register_job("job", "30 * * * *", "t:nothing")

    assert not Gap.objects.exists()


def test_an_off_time_that_ended_unnoticed_ends_at_its_date(make_job, clock, now):
    make_job()
    actions.switch_off("job", until=now + 90 * MINUTE, reason="repair")
    clock.move(4 * HOUR + MINUTE)

    actions.switch_on("job")

    off, missed = Gap.objects.order_by("first")
    assert (off.kind, off.first, off.last) == ("off", now + HOUR, now + HOUR)
    assert (missed.kind, missed.first, missed.last) == (
        "missed",
        now + 2 * HOUR,
        now + 4 * HOUR,
    )


# However time passes.

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("look"), st.integers(0, 4000)),
        st.tuples(st.just("sleep"), st.integers(1, 40_000)),
        st.tuples(st.just("work"), st.just(0)),
        st.tuples(st.just("trigger"), st.just(0)),
        st.tuples(st.just("off"), st.just(0)),
        st.tuples(st.just("off until"), st.integers(1, 20_000)),
        st.tuples(st.just("on"), st.just(0)),
    ),
    max_size=12,
)
ROUND = st.sampled_from([0, 600, 1800])


class Site:
    """A job, a scheduler that is there or not, and people at the switch."""

    def __init__(self, clock, misfire, overlap):
        self.clock = clock
        self.alive_since = clock.time
        self.looked = clock.time
        self.job = ScheduledJob.objects.create(
            name="job",
            handler="t:nothing",
            schedule_expression="*/10 * * * *",
            misfire=misfire,
            overlap=overlap,
        )

    def take(self, step, seconds):
        delta = timedelta(seconds=seconds)
        if step == "look":
            self.look(delta)
        elif step == "sleep":
            self.clock.move(delta)
        elif step == "work":
            work_a_slice("default")
        elif step == "trigger" and not JobRun.objects.exclude(active_key=None).exists():
            actions.trigger("job")
        elif step == "off":
            actions.switch_off("job")
        elif step == "off until":
            actions.switch_off("job", until=self.clock.time + delta)
        elif step == "on":
            actions.switch_on("job")

    def look(self, delta):
        """Look every second for so long, as far as anything is due."""
        if self.clock.time - self.looked > timedelta(seconds=30):
            self.alive_since = self.clock.time
        end = self.clock.time + delta
        while True:
            queue_due(self.clock.time, self.alive_since)
            due = ScheduledJob.objects.get().next_run_at
            if self.clock.time >= end:
                break
            soon = due - timedelta(seconds=1) if due else end
            self.clock.time = min(max(soon, self.clock.time + MINUTE / 60), end)
        self.looked = self.clock.time

    def unexplained(self):
        """The occurrences so far that neither a row nor a gap covers."""
        first = self.job.next_run_at
        due = self.job.schedule.between(first, self.clock.time, 100_000)
        rows = set(JobRun.objects.values_list("scheduled_for", flat=True))
        gaps = list(Gap.objects.values_list("first", "last"))
        return [
            moment
            for moment in due
            if moment not in rows and not any(a <= moment <= b for a, b in gaps)
        ]


EXAMPLES = TIMES * (30 if connection.vendor == "sqlite" else 8)


@settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=STEPS,
    start=ROUND,
    misfire=st.sampled_from(["latest", "none"]),
    overlap=st.sampled_from(["skip", "allow"]),
)
def test_every_occurrence_is_a_row_or_in_a_gap(db, steps, start, misfire, overlap):
    for model in (JobRun, Gap, ScheduledJob):
        model.objects.all().delete()
    with use(SettableClock(MOMENT + timedelta(seconds=start))) as clock:
        site = Site(clock, misfire, overlap)
        for step, seconds in steps:
            site.take(step, seconds)
        site.take("on", 0)
        site.take("look", 60)

        assert site.unexplained() == []
