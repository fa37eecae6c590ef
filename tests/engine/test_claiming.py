"""A worker takes work by compare-and-set; the claim's token proves whose it is."""

from __future__ import annotations

from collections import deque
from datetime import timedelta

import pytest

from cronmgmt.engine import actions, claiming, workers
from cronmgmt.engine.claiming import claim, give_back, start
from cronmgmt.engine.leases import lease
from cronmgmt.engine.pace import Pace
from cronmgmt.models import JobRun, Status
from cronmgmt.models.selecting import select

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def names(runs):
    return [run.job_name for run in runs]


def test_nothing_to_claim(clock):
    assert claim("default") == ([], None)


def test_a_claimed_run_is_held_and_not_yet_started(make_run, now):
    make_run()

    (run,) = claim("default").runs

    row = JobRun.objects.get()
    assert (row.status, row.attempt, row.started_at) == (Status.CLAIMED, 0, None)
    assert row.claim_token == run.claim_token != ""
    assert row.lease_expires_at == now + lease()
    assert row.claims == run.claims == 1


@pytest.mark.part("4.12")
def test_it_names_the_process_that_holds_it(make_run, settings):
    settings.CRONMGMT = {"INSTANCE": "web-1"}
    make_run()

    claim("default")

    assert JobRun.objects.get().worker == workers.this()


def test_the_more_urgent_comes_first_then_the_older(make_run, now):
    make_run(job_name="low", priority=30, available_at=now - MINUTE)
    make_run(job_name="newer", priority=20, available_at=now)
    make_run(job_name="older", priority=20, available_at=now - SECOND)
    make_run(job_name="urgent", priority=0)

    claimed = claim("default", limit=10).runs

    assert names(claimed) == ["urgent", "older", "newer", "low"]


def test_of_the_same_age_the_first_made_comes_first(make_run):
    for number in range(3):
        make_run(job_name=str(number))

    assert names(claim("default", limit=2).runs) == ["0", "1"]


def test_other_queues_are_left_alone(make_run):
    make_run(queue="slow")

    assert claim("default").runs == []
    assert len(claim("slow").runs) == 1


@pytest.mark.parametrize(
    "status", [status for status in Status if status != Status.QUEUED]
)
def test_only_queued_runs_are_claimed(make_run, status):
    make_run(status=status)

    assert claim("default").runs == []


@pytest.mark.part("4.1")
def test_a_run_is_claimed_by_one(make_run):
    make_run()

    assert len(claim("default").runs) == 1
    assert claim("default").runs == []


@pytest.mark.part("4.1")
def test_of_two_workers_that_saw_the_same_runs_each_gets_what_it_was_faster_with(
    make_run, clock
):
    for _ in range(3):
        make_run()
    seen = select(claiming._candidates, 9, queue="default")

    claim("default", limit=2)
    late = claiming.take(seen, "late")

    assert [run.pk for run in late] == [seen[2].pk]
    assert list(JobRun.objects.filter(claim_token="late")) == late


def test_a_worker_that_lost_every_race_looks_again(make_run, monkeypatch):
    first, second = make_run(), make_run()
    original = claiming.take
    lost = []

    def take(runs, token):
        if lost:
            return original(runs, token)
        lost.append(runs)
        original(runs, "a faster worker")
        return original(runs, token)

    monkeypatch.setattr(claiming, "take", take)

    assert claim("default").runs == [second]
    assert JobRun.objects.get(pk=first.pk).claim_token == "a faster worker"


def test_a_claim_is_one_look_and_one_update(make_run, django_assert_num_queries):
    for _ in range(5):
        make_run()

    with django_assert_num_queries(2):
        claim("default", limit=5)


# What is about due.


def test_what_is_about_due_is_waited_for(make_run, now):
    make_run(available_at=now + timedelta(milliseconds=300))

    assert claim("default") == ([], timedelta(milliseconds=300))


def test_the_soonest_decides_how_long_to_wait(make_run, now):
    make_run(priority=0, available_at=now + 0.9 * SECOND)
    make_run(priority=30, available_at=now + 0.2 * SECOND)

    assert claim("default").wait == 0.2 * SECOND


def test_what_is_due_later_is_not_waited_for(make_run, now):
    make_run(available_at=now + 2 * SECOND)

    assert claim("default") == ([], None)


def test_work_that_is_ready_does_not_wait_for_the_urgent_that_is_not(make_run, now):
    for _ in range(10):
        make_run(priority=0, available_at=now + SECOND / 2)
    make_run(job_name="ready", priority=30)

    assert names(claim("default").runs) == ["ready"]


# How many are claimed ahead.


def test_what_is_known_to_be_quick_is_claimed_ahead(make_run):
    pace = Pace()
    pace.note("t:nothing", 0.03)
    for _ in range(10):
        make_run()

    assert len(claim("default", limit=50, pace=pace).runs) == 6


def test_what_nothing_is_known_of_is_claimed_alone(make_run):
    for _ in range(3):
        make_run()

    assert len(claim("default", limit=50, pace=Pace()).runs) == 1


# Start.


def test_the_start_is_durable_and_counts_as_an_attempt(make_run, now):
    run = make_run(status=Status.CLAIMED)

    assert start(run)

    row = JobRun.objects.get()
    assert (row.status, row.attempt, row.started_at) == (Status.RUNNING, 1, now)
    assert (run.status, run.attempt) == (Status.RUNNING, 1)


def test_the_lease_begins_anew_at_the_start(make_run, clock):
    run = make_run(status=Status.CLAIMED)
    clock.move(20 * SECOND)

    start(run)

    assert JobRun.objects.get().lease_expires_at == clock.time + lease()


@pytest.mark.part("4.1")
def test_a_run_cancelled_after_the_claim_does_not_start(make_run):
    make_run()
    (run,) = claim("default").runs

    actions.cancel_run(run.execution_id)

    assert not start(run)
    assert JobRun.objects.get().status == Status.CANCELLED


@pytest.mark.part("4.1")
def test_a_run_that_another_worker_owns_by_now_does_not_start(make_run):
    make_run()
    (stale,) = claim("default").runs
    give_back(deque([stale]))
    (fresh,) = claim("default").runs

    assert not start(stale)
    assert start(fresh)


def test_a_start_that_is_repeated_counts_one_attempt(make_run):
    run = make_run(status=Status.CLAIMED)
    start(run)
    # The transaction was rolled back by a deadlock and is done once more.
    JobRun.objects.update(status=Status.CLAIMED, attempt=0)

    start(run)

    assert run.attempt == JobRun.objects.get().attempt == 1


# Giving back.


def test_what_is_given_back_is_queued_as_if_never_claimed(make_run, bell):
    for _ in range(2):
        make_run()
    runs = deque(claim("default", limit=2).runs)

    give_back(runs)

    assert not runs
    for row in JobRun.objects.all():
        assert (row.status, row.claim_token, row.worker) == (Status.QUEUED, "", "")
        assert (row.lease_expires_at, row.attempt) == (None, 0)
    assert bell.rings == [("default", 2)]


def test_nothing_to_give_back_rings_for_nobody(clock, bell):
    give_back(deque())

    assert bell.rings == []


def test_a_run_that_has_started_is_not_given_back(make_run):
    run = make_run(status=Status.RUNNING)

    give_back(deque([run]))

    assert JobRun.objects.get().status == Status.RUNNING


def test_the_queue_is_read_in_the_order_of_its_index(plan_of):
    plan = plan_of(claiming._candidates(5), queue="default")

    assert "cronmgmt_run_queue" in plan
    assert "sort" not in plan.lower()
    assert "b-tree" not in plan.lower()
