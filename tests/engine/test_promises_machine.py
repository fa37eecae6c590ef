"""All verbs at once: whoever does what in whatever order, no promise is broken.

CRONMGMT_MACHINE_EXAMPLES=5000 makes it long; it says how many steps were taken.
"""

from __future__ import annotations

import os
import time
from collections import Counter, deque
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cronmgmt.clock import SettableClock, use
from cronmgmt.conf import conf
from cronmgmt.engine import actions, beats, locks, retention, scheduling
from cronmgmt.engine.claiming import claim, give_back, start
from cronmgmt.engine.context import Run
from cronmgmt.engine.deciding import plan_job
from cronmgmt.engine.finishing import finish
from cronmgmt.engine.leases import lease
from cronmgmt.engine.looking import LOOKAHEAD, look
from cronmgmt.engine.outcomes import HANDED_BACK, Outcome
from cronmgmt.engine.output import Output
from cronmgmt.engine.recovery import recover_expired
from cronmgmt.engine.scenes import scene_of
from cronmgmt.engine.supervision import Watch
from cronmgmt.engine.transactions import in_transaction
from cronmgmt.errors import LeaseLost, Refused, RunCancelled, UnknownJob
from cronmgmt.models import (
    HELD,
    UNFINISHED,
    Gap,
    JobRun,
    LockSlot,
    ScheduledJob,
    Status,
)
from tests.conftest import MOMENT

EXAMPLES = int(os.environ.get("CRONMGMT_MACHINE_EXAMPLES", "0"))
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.part("4.1"),
    pytest.mark.timeout(2 * EXAMPLES + 300),
]
SHORT = 30 if connection.vendor == "sqlite" else 10

JOBS = ("one", "two")
FACTS = ("status", "finished_at", "reason", "attempt", "error_message", "worker")
POLICIES = [
    {"overlap": "skip"},
    {"overlap": "allow"},
    {"overlap": "wait"},
    {"overlap": "replace"},
    {"overlap": "allow", "concurrency": 2},
    {"overlap": "skip", "lock_key": "shared"},
    {"overlap": "allow", "lock_key": "shared"},
]
WORKERS, SCHEDULERS = st.integers(0, 2), st.integers(0, 1)
ENDINGS = ["succeeded", "failed", "timed_out", HANDED_BACK]
NAMES = st.sampled_from(JOBS)


def step(verb, who, what=None):
    return st.tuples(st.just(verb), who, st.just(0) if what is None else what)


STEPS = st.lists(
    st.one_of(
        step("trigger", NAMES),
        step("tick", SCHEDULERS),
        step("read", SCHEDULERS),
        step("write", SCHEDULERS),
        step("claim", WORKERS, st.integers(1, 3)),
        step("claim", WORKERS, st.integers(1, 3)),
        step("begin", WORKERS),
        step("beat", WORKERS),
        step("end", WORKERS, st.sampled_from(ENDINGS)),
        step("end", WORKERS, st.sampled_from(ENDINGS)),
        step("give back", WORKERS),
        step("die", WORKERS),
        step("wait", st.sampled_from([1, 7, 61, 400, 4000])),
        step("expire", st.just(0)),
        step("recover", st.just(0)),
        step("sweep", st.just(0)),
        step("cancel", st.integers(0, 3)),
        step("rerun", st.integers(0, 3)),
        step("switch off", NAMES, st.sampled_from([0, 90])),
        step("switch on", NAMES),
        step("edit", NAMES, st.sampled_from(["* * * * *", "*/5 * * * *", "7 * * * *"])),
        step("delete", NAMES),
        step("make", NAMES),
        step("prune", st.just(0)),
    ),
    min_size=25 if EXAMPLES else 0,
    max_size=60,
)
taken = Counter()


@pytest.fixture(scope="module", autouse=True)
def _said_how_many():
    yield
    if EXAMPLES:
        print(f"{taken.total()} steps: {dict(taken)}")  # noqa: T201


class Told(Watch):
    """What a worker knows of its run; it is told, and not interrupted."""

    told = None

    def stop(self, interruption):
        self.told = interruption


class Site:
    """Two jobs, two schedulers, three workers and people, with one clock."""

    def __init__(self, clock, policies):
        self.clock, self.policies = clock, policies
        self.waiting = [deque() for _ in range(3)]
        self.running = [None] * 3
        self.plans = [None, None]
        self.dispatched, self.ended, self.tokens = {}, {}, {}
        for name in JOBS:
            self.make(name, 0)

    # People

    def make(self, name, _):
        if not ScheduledJob.objects.filter(name=name).exists():
            ScheduledJob.objects.create(
                name=name,
                handler="t:nothing",
                schedule_expression="* * * * *",
                max_attempts=2,
                backoff=timedelta(seconds=5),
                retention=timedelta(hours=1),
                failure_retention=timedelta(hours=2),
                keep_last=0,
                **self.policies[JOBS.index(name)],
            )

    def trigger(self, name, _):
        refusable(actions.trigger, name)

    def cancel(self, number, _):
        if run := self._nth(JobRun.objects.filter(status__in=UNFINISHED), number):
            refusable(actions.cancel_run, run.execution_id)

    def rerun(self, number, _):
        if run := self._nth(JobRun.objects.exclude(status__in=UNFINISHED), number):
            refusable(actions.rerun, run.execution_id)

    def switch_off(self, name, seconds):
        until = self.clock.time + timedelta(seconds=seconds) if seconds else None
        refusable(actions.switch_off, name, until=until, reason="because")

    def switch_on(self, name, _):
        refusable(actions.switch_on, name)

    def edit(self, name, expression):
        for job in ScheduledJob.objects.filter(name=name):
            job.schedule_expression = expression
            actions.save_job(job, actions.CODE)

    def delete(self, name, _):
        refusable(actions.delete_job, name)

    def prune(self, _, __):
        retention.prune()

    # Schedulers; what one has read may be old when it comes to writing.

    def tick(self, who, _):
        while look().due():
            if not scheduling.queue_due(
                self.clock.time, self.clock.time - 2 * LOOKAHEAD
            ):
                break

    def read(self, who, _):
        now = self.clock.time
        jobs = list(ScheduledJob.objects.filter(next_run_at__lte=now + LOOKAHEAD))
        scene = scene_of(jobs, now, now - timedelta(hours=1))
        self.plans[who] = [plan_job(job, scene) for job in jobs], now

    def write(self, who, _):
        if self.plans[who]:
            plans, now = self.plans[who]
            self.plans[who] = None
            try:
                in_transaction(lambda: scheduling._write(plans, now))
            except IntegrityError:
                for plan in plans:
                    scheduling._write_alone(plan, now)

    # Workers

    def claim(self, who, limit):
        for run in claim("default", limit).runs:
            run.seen = time.monotonic()
            assert run.fencing_token > self.tokens.get(run.pk, 0)
            self.tokens[run.pk] = run.fencing_token
            self.waiting[who].append(run)

    def begin(self, who, _):
        if self.waiting[who] and self.running[who] is None:
            run = self.waiting[who].popleft()
            self.running[who] = run if start(run) else None

    def beat(self, who, _):
        if (run := self.running[who]) is None:
            return
        ours = is_held(run)
        watch = Told(run, Run(run, Output(None)), Output(None), None)
        watch.leased_until = time.monotonic()
        beats.beat(watch)
        assert isinstance(watch.told, LeaseLost) == (not ours)
        if ours:
            row = JobRun.objects.get(pk=run.pk)
            assert row.lease_expires_at == self.clock.time + lease()
            assert isinstance(watch.told, RunCancelled) == row.cancel_requested

    def end(self, who, status):
        if (run := self.running[who]) is None:
            return
        ours, before = is_held(run), facts_of(run.pk)
        following = None
        # No worker begins a run again that it is still in, or takes a lock in passing.
        if (ahead := self.waiting[who]) and ahead[0].pk != run.pk:
            following = None if ahead[0].lock_digest else ahead.popleft()
        done = finish(run, Outcome(status, "because"), following)
        self.running[who] = following if done.started else None
        assert done.recorded == ours
        assert ours or facts_of(run.pk) == before

    def give_back(self, who, _):
        give_back(self.waiting[who])

    def die(self, who, _):
        self.waiting[who], self.running[who] = deque(), None

    # Time

    def wait(self, seconds, _):
        self.clock.move(timedelta(seconds=seconds))

    def expire(self, _, __):
        self.clock.move(lease() + timedelta(seconds=1))

    def recover(self, _, __):
        recover_expired()

    def sweep(self, _, __):
        locks.sweep()

    def _nth(self, runs, number):
        found = list(runs.order_by("pk")[: number + 1])
        return found[number] if number < len(found) else None

    # What must hold after every step

    def check(self):
        for run in JobRun.objects.all():
            self.check_run(run)
        self.check_locks()

    def check_run(self, run):
        held = run.status in HELD
        assert bool(run.claim_token) == bool(run.lease_expires_at) == held
        assert run.is_finished == (run.finished_at is not None)
        assert not (run.is_finished and run.active_key)
        assert run.status == Status.SUCCEEDED or run.is_finished <= bool(run.reason)
        assert run.attempt <= run.max_attempts
        assert run.losses <= conf.MAX_LOSSES
        if run.job_id and run.scheduled_for:
            occurrence = run.job_id, run.scheduled_for
            known = self.dispatched.setdefault(occurrence, run.execution_id)
            assert known == run.execution_id
        if run.is_finished:
            facts = tuple(getattr(run, name) for name in FACTS)
            assert self.ended.setdefault(run.pk, facts) == facts

    def check_locks(self):
        running = JobRun.objects.filter(status=Status.RUNNING).exclude(lock_digest="")
        holders = Counter(running.values_list("lock_digest", flat=True))
        for key, concurrency in running.values_list("lock_digest", "concurrency"):
            assert holders[key] <= concurrency
        alone = ScheduledJob.objects.filter(overlap__in=("skip", "wait", "replace"))
        for job in alone:
            assert job.runs.filter(status=Status.RUNNING).count() <= 1

    def settle(self):
        """Let everything end: who is here dies, and the next ones succeed."""
        self.waiting, self.running = [deque() for _ in range(3)], [None] * 3
        for _ in range(60):
            if not JobRun.objects.filter(status__in=UNFINISHED).exists():
                break
            self.clock.move(lease() + timedelta(hours=2))
            recover_expired()
            locks.sweep()
            self.claim(0, 50)
            while self.waiting[0] or self.running[0]:
                self.begin(0, 0)
                self.end(0, Status.SUCCEEDED)


def refusable(verb, *args, **kwargs):
    """Do what may be refused; then it has changed nothing."""
    try:
        return verb(*args, **kwargs)
    except (Refused, UnknownJob):
        return None


def is_held(run):
    return JobRun.objects.filter(
        pk=run.pk, status=Status.RUNNING, claim_token=run.claim_token
    ).exists()


def facts_of(key):
    return JobRun.objects.filter(pk=key).values(*FACTS, "claim_token").first()


@settings(
    max_examples=EXAMPLES or SHORT,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=STEPS,
    policies=st.lists(st.sampled_from(POLICIES), min_size=2, max_size=2),
)
def test_the_promises_hold(db, bell, steps, policies):
    for model in (LockSlot, JobRun, Gap, ScheduledJob):
        model.objects.all().delete()
    with use(SettableClock(MOMENT)) as clock:
        site = Site(clock, policies)
        for verb, who, what in steps:
            getattr(site, verb.replace(" ", "_"))(who, what)
            site.check()
            taken[verb] += 1
        site.settle()
        site.check()

        assert not JobRun.objects.filter(status__in=UNFINISHED).exists()
