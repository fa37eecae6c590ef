"""Whatever workers, people and time do in whatever order: the promises of a run hold."""

from __future__ import annotations

import time
from collections import deque
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cronmgmt.clock import SettableClock, use
from cronmgmt.conf import conf
from cronmgmt.engine import actions
from cronmgmt.engine.claiming import claim, give_back, start
from cronmgmt.engine.finishing import finish
from cronmgmt.engine.leases import lease
from cronmgmt.engine.outcomes import HANDED_BACK, Outcome
from cronmgmt.engine.recovery import recover_expired
from cronmgmt.errors import Refused
from cronmgmt.models import (
    EXECUTED,
    FAILURES,
    HELD,
    UNFINISHED,
    JobRun,
    ScheduledJob,
    Status,
)
from tests.conftest import MOMENT
from tests.examples import TIMES

pytestmark = [pytest.mark.django_db, pytest.mark.part("4.1")]

OUTCOMES = [Status.SUCCEEDED, Status.FAILED, Status.TIMED_OUT, HANDED_BACK]
WORKERS = range(3)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("trigger"), st.just(0), st.just(0)),
        st.tuples(st.just("claim"), st.sampled_from(WORKERS), st.integers(1, 3)),
        st.tuples(st.just("start"), st.sampled_from(WORKERS), st.just(0)),
        st.tuples(st.just("end"), st.sampled_from(WORKERS), st.sampled_from(OUTCOMES)),
        st.tuples(st.just("give back"), st.sampled_from(WORKERS), st.just(0)),
        st.tuples(st.just("crash"), st.sampled_from(WORKERS), st.just(0)),
        st.tuples(st.just("cancel"), st.integers(0, 3), st.just(0)),
        st.tuples(st.just("wait"), st.just(0), st.sampled_from([1, 15, 61, 4000])),
        st.tuples(st.just("recover"), st.just(0), st.just(0)),
    ),
    max_size=30,
)


class Worker:
    """A process with what it has claimed and what it believes to be running."""

    def __init__(self):
        self.waiting = deque()
        self.running = None


class Site:
    """Three workers, a clock, and somebody who triggers and cancels."""

    def __init__(self, clock, overlap, max_attempts):
        self.clock = clock
        self.workers = [Worker() for _ in WORKERS]
        self.ended = {}
        self.job = ScheduledJob.objects.create(
            name="job",
            handler="t:nothing",
            schedule_kind="manual",
            overlap=overlap,
            max_attempts=max_attempts,
            backoff=timedelta(seconds=10),
        )

    def take(self, step, who, what):
        getattr(self, step.replace(" ", "_"))(who, what)

    def trigger(self, who, what):
        try:
            actions.trigger("job")
        except Refused:
            assert JobRun.objects.exclude(active_key=None).exists()

    def claim(self, who, limit):
        for run in claim("default", limit).runs:
            run.seen = time.monotonic()
            self.workers[who].waiting.append(run)

    def start(self, who, what):
        worker = self.workers[who]
        if worker.waiting and worker.running is None:
            run = worker.waiting.popleft()
            worker.running = run if start(run) else None

    def end(self, who, status):
        worker = self.workers[who]
        if worker.running is None:
            return
        following = worker.waiting.popleft() if worker.waiting else None
        done = finish(worker.running, Outcome(status, "because"), following)
        worker.running = following if done.started else None

    def give_back(self, who, what):
        give_back(self.workers[who].waiting)

    def crash(self, who, what):
        self.workers[who] = Worker()

    def cancel(self, number, what):
        runs = list(JobRun.objects.filter(status__in=UNFINISHED).order_by("pk"))
        if number < len(runs):
            actions.cancel_run(runs[number].execution_id)

    def wait(self, who, seconds):
        self.clock.move(timedelta(seconds=seconds))

    def recover(self, who, what):
        recover_expired()

    def settle(self):
        """Let everything end: the workers are gone, and the next ones succeed."""
        for _ in range(40):
            if not JobRun.objects.filter(status__in=UNFINISHED).exists():
                break
            self.clock.move(lease() + timedelta(hours=2))
            recover_expired()
            self.workers[0] = Worker()
            self.claim(0, 50)
            while self.workers[0].waiting:
                self.start(0, 0)
                self.end(0, Status.SUCCEEDED)

    # What must hold after every step.

    def check(self):
        for run in JobRun.objects.all():
            self.check_run(run)
        self.check_totals()

    def check_run(self, run):
        held = run.status in HELD
        assert bool(run.claim_token) == bool(run.lease_expires_at) == held
        assert run.is_finished == (run.finished_at is not None)
        assert not (run.is_finished and run.active_key)
        assert run.attempt <= run.max_attempts
        assert run.losses <= conf.MAX_LOSSES
        if run.is_finished:
            facts = (run.status, run.finished_at, run.reason, run.attempt)
            assert self.ended.setdefault(run.pk, facts) == facts

    def check_totals(self):
        self.job.refresh_from_db()
        started = JobRun.objects.filter(started_at__isnull=False)
        ended = started.exclude(status__in=UNFINISHED)
        failed = JobRun.objects.filter(status__in=FAILURES)
        assert self.job.failures_total == failed.count()
        executed = ended.filter(status__in=EXECUTED).count()
        assert executed <= self.job.runs_total <= ended.count()


# Behind a network each statement takes ten times as long, and shows the same.
EXAMPLES = TIMES * (60 if connection.vendor == "sqlite" else 20)


@settings(
    max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=STEPS,
    overlap=st.sampled_from(["skip", "allow"]),
    max_attempts=st.integers(1, 3),
)
def test_the_promises_hold(db, steps, overlap, max_attempts):
    for model in (JobRun, ScheduledJob):
        model.objects.all().delete()
    with use(SettableClock(MOMENT)) as clock:
        site = Site(clock, overlap, max_attempts)
        for step, who, what in steps:
            site.take(step, who, what)
            site.check()
        site.settle()
        site.check()

        assert not JobRun.objects.filter(status__in=UNFINISHED).exists()
