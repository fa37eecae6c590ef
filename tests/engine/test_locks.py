"""At most so many runs hold a lock; the others are parked, and woken in order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.engine import actions, claiming, locks, recovery
from cronmgmt.engine.claiming import claim, start
from cronmgmt.engine.finishing import finish
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.engine.outcomes import HANDED_BACK, Outcome
from cronmgmt.models import JobRun, LockSlot, RunAttempt, Status

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
KEY = "k" * 64
DONE = Outcome(Status.SUCCEEDED)


@pytest.fixture
def make(make_run):
    """Make a run that needs the lock."""

    def make(key=KEY, **changes):
        return make_run(**{"lock_key": "db", "lock_digest": key, **changes})

    return make


@pytest.fixture
def begin():
    """Claim the next run and start it, as a worker does."""

    def begin(queue="default"):
        (run,) = claim(queue).runs
        return run, start(run)

    return begin


def statuses(*runs):
    found = dict(JobRun.objects.values_list("pk", "status"))
    return [found[run.pk] for run in runs]


def holders(key=KEY):
    taken = LockSlot.objects.filter(key=key, run__isnull=False)
    return set(taken.values_list("run", flat=True))


# Starting.


def test_the_first_takes_the_lock_at_its_start(make, begin):
    run = make()

    assert begin() == (run, True)

    assert holders() == {run.pk}
    assert statuses(run) == [Status.RUNNING]


def test_the_second_is_parked_and_says_what_it_waits_for(make, begin):
    first, second = make(), make()
    begin()

    assert begin() == (second, False)

    row = JobRun.objects.get(pk=second.pk)
    assert (row.status, row.waits_for, row.attempt) == (Status.WAITING, KEY, 0)
    assert (row.claim_token, row.worker, row.lease_expires_at) == ("", "", None)
    assert row.reason == f"Waits for the lock db, held by run {first.pk}."
    assert claim("default").runs == []


def test_a_job_whose_own_runs_wait_says_so(make, begin):
    first = make(lock_key="", job_name="members")
    second = make(lock_key="", job_name="members")
    begin()
    begin()

    second.refresh_from_db()
    assert second.reason == f"Waits until run {first.pk} of members has ended."


def test_so_many_as_it_allows_run_side_by_side(make, begin):
    runs = [make(concurrency=3) for _ in range(4)]

    started = [begin()[1] for _ in runs]

    assert started == [True, True, True, False]
    assert holders() == {run.pk for run in runs[:3]}
    assert sorted(LockSlot.objects.values_list("slot", flat=True)) == [0, 1, 2]
    runs[3].refresh_from_db()
    a, b, c = (run.pk for run in runs[:3])
    assert runs[3].reason == f"Waits for the lock db, held by runs {a}, {b}, {c}."


def test_who_allows_fewer_waits_for_all_but_so_many(make, begin):
    """As after the number was lowered."""
    for _ in range(3):
        make(concurrency=3)
    for _ in range(3):
        begin()
    late = make(concurrency=2)
    begin()
    first, second, _ = JobRun.objects.filter(status=Status.RUNNING).order_by("pk")

    finish(first, DONE)
    assert statuses(late) == [Status.WAITING]
    finish(second, DONE)
    assert statuses(late) == [Status.QUEUED]


def test_other_locks_are_free(make, begin):
    make()
    other = make(key="o" * 64)
    begin()

    assert begin() == (other, True)


def test_those_like_it_are_parked_with_the_first(make, make_run, begin):
    make()
    begin()
    alike = [make() for _ in range(5)]
    others = [make(queue="slow"), make(key="o" * 64), make_run()]
    broader, later = (
        make(concurrency=2),
        make(available_at=alike[0].available_at + SECOND),
    )

    begin()

    assert set(statuses(*alike)) == {Status.WAITING}
    assert set(statuses(*others, broader, later)) == {Status.QUEUED}


def test_a_run_claimed_ahead_is_no_obstacle_to_those_behind_it(make, make_run):
    holder = make(status=Status.RUNNING)
    LockSlot.objects.create(key=KEY, slot=0, run=holder)
    blocked, free = make(priority=0), make_run()

    assert work_a_slice("default").done == 1

    assert statuses(blocked, free) == [Status.WAITING, Status.SUCCEEDED]


def test_of_one_lock_only_one_run_is_claimed_ahead(make, make_run):
    one, _, free = make(), make(), make_run()

    assert claim("default", limit=10).runs == [one, free]


def test_a_run_that_is_not_ours_any_more_takes_nothing(make):
    make()
    (run,) = claim("default").runs
    JobRun.objects.update(claim_token="another's")

    assert not start(run)
    assert holders() == set()


def test_runs_without_a_lock_cost_what_they_did(make_run, django_assert_num_queries):
    make_run()
    (run,) = claim("default").runs

    with django_assert_num_queries(1):
        start(run)


# Ending: the lock is free and the best of the parked is woken.


@pytest.fixture
def queue_behind(make, begin):
    """One run that holds the lock, and three that are parked."""
    running = make()
    begin()
    low, high, older = (
        make(priority=30),
        make(priority=10),
        make(priority=20, available_at=running.available_at - SECOND),
    )
    begin()
    running.refresh_from_db()
    assert set(statuses(low, high, older)) == {Status.WAITING}
    return running, low, high, older


@pytest.mark.usefixtures("every_path")
def test_the_end_of_a_run_wakes_the_most_urgent(
    queue_behind, bell, django_capture_on_commit_callbacks
):
    running, low, high, older = queue_behind

    with django_capture_on_commit_callbacks(execute=True):
        finish(running, DONE)

    assert holders() == set()
    assert statuses(high, older, low) == [Status.QUEUED, Status.WAITING, Status.WAITING]
    high.refresh_from_db()
    assert (high.reason, high.waits_for) == ("", None)
    assert bell.rings == [("default", 1)]


def test_all_of_them_run_one_after_another(queue_behind):
    running, low, high, older = queue_behind
    finish(running, DONE)

    work_a_slice("default")

    ended = JobRun.objects.order_by("started_at", "pk").exclude(pk=running.pk)
    assert set(statuses(low, high, older)) == {Status.SUCCEEDED}
    assert ended.count() == 3
    assert holders() == set()


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(Outcome(Status.FAILED), id="failed"),
        pytest.param(Outcome(Status.TIMED_OUT), id="timed out"),
        pytest.param(Outcome(Status.CANCELLED), id="cancelled"),
        pytest.param(Outcome(HANDED_BACK), id="handed back"),
    ],
)
def test_however_it_ends_the_lock_is_free(queue_behind, end):
    running, _, high, _ = queue_behind

    finish(running, end)

    assert holders() == set()
    assert statuses(high) == [Status.QUEUED]


def test_a_run_that_waits_for_its_retry_holds_no_lock(queue_behind):
    running, _, high, _ = queue_behind
    running.max_attempts = 3

    finish(running, Outcome(Status.FAILED))

    assert RunAttempt.objects.filter(run=running).exists()
    assert holders() == set()
    assert statuses(running, high) == [Status.QUEUED, Status.QUEUED]


@pytest.mark.part("4.1")
@pytest.mark.parametrize("on_lost", ["requeue", "fail"])
def test_the_lock_of_a_dead_worker_is_freed_with_its_run(queue_behind, clock, on_lost):
    running, _, high, _ = queue_behind
    JobRun.objects.filter(pk=running.pk).update(on_lost=on_lost)
    clock.move(timedelta(hours=1))

    recovery.recover_expired()

    assert holders() == set()
    assert statuses(high) == [Status.QUEUED]


@pytest.mark.part("4.1")
@pytest.mark.usefixtures("every_path")
def test_who_lost_the_lease_frees_nothing(make, begin, clock):
    make()
    stale, _ = begin()
    clock.move(timedelta(hours=1))
    recovery.recover_expired()
    fresh, started = begin()
    assert started

    assert not finish(stale, DONE).recorded

    assert holders() == {fresh.pk}


def test_a_woken_run_that_was_overtaken_is_parked_again(queue_behind, make, begin):
    running, _, high, _ = queue_behind
    finish(running, DONE)
    thief = make(priority=0)
    begin()

    begin()

    assert statuses(thief, high) == [Status.RUNNING, Status.WAITING]


def test_a_finished_run_that_was_left_among_the_parked_is_not_reopened(queue_behind):
    """Somebody changed its row by hand."""
    running, low, high, older = queue_behind
    JobRun.objects.filter(pk=high.pk).update(status=Status.CANCELLED)

    finish(running, DONE)

    assert statuses(high, older, low) == [
        Status.CANCELLED,
        Status.QUEUED,
        Status.WAITING,
    ]


# Cancelling.


def test_a_parked_run_is_cancelled_at_once(queue_behind):
    _, low, _, _ = queue_behind

    actions.cancel_run(low.execution_id)

    low.refresh_from_db()
    assert (low.status, low.waits_for) == (Status.CANCELLED, None)


def test_a_woken_run_that_is_cancelled_passes_the_lock_on(
    queue_behind, django_capture_on_commit_callbacks
):
    running, low, high, older = queue_behind
    finish(running, DONE)

    with django_capture_on_commit_callbacks(execute=True):
        actions.cancel_run(high.execution_id)

    assert statuses(older, low) == [Status.QUEUED, Status.WAITING]


# The net under all of it.


def test_a_sweep_wakes_who_waits_for_nobody(queue_behind):
    running, low, high, older = queue_behind
    LockSlot.objects.update(run=None)

    assert locks.sweep() == 1

    assert statuses(high, older, low) == [Status.QUEUED, Status.WAITING, Status.WAITING]


def test_a_sweep_leaves_a_held_lock_alone(queue_behind):
    assert locks.sweep() == 0

    assert holders() == {queue_behind[0].pk}


def test_a_sweep_frees_what_ended_runs_still_hold_and_says_so(queue_behind, caplog):
    """As code that does not know of locks leaves them."""
    running, _, high, _ = queue_behind
    JobRun.objects.filter(pk=running.pk).update(status=Status.SUCCEEDED)

    locks.sweep()

    assert holders() == set()
    assert statuses(high) == [Status.QUEUED]
    assert f"run {running.pk} left behind" in caplog.text


def test_a_sweep_wakes_for_every_lock(make):
    runs = [
        make(key=f"{number:064}", waits_for=f"{number:064}", status=Status.WAITING)
        for number in range(3)
    ]

    locks.sweep()

    assert set(statuses(*runs)) == {Status.QUEUED}


def test_a_sweep_goes_on_where_the_last_one_ended(make, monkeypatch):
    monkeypatch.setattr(locks, "BATCH", 2)
    runs = [
        make(key=f"{number:064}", waits_for=f"{number:064}", status=Status.WAITING)
        for number in range(3)
    ]

    assert [locks.sweep(), locks.sweep()] == [2, 1]
    assert set(statuses(*runs)) == {Status.QUEUED}


def test_more_places_than_before_are_made_use_of(make):
    holder = make(status=Status.RUNNING)
    LockSlot.objects.create(key=KEY, slot=0, run=holder)
    runs = [make(concurrency=3, status=Status.WAITING, waits_for=KEY) for _ in range(3)]

    assert locks.sweep() == 2
    assert statuses(*runs) == [Status.QUEUED, Status.QUEUED, Status.WAITING]


def test_behind_one_that_allows_fewer_another_may_start(make):
    """Jobs that share a lock need not have the same number."""
    holder = make(status=Status.RUNNING)
    LockSlot.objects.create(key=KEY, slot=0, run=holder)
    alone = make(status=Status.WAITING, waits_for=KEY)
    beside = make(concurrency=2, status=Status.WAITING, waits_for=KEY)

    assert locks.sweep() == 1
    assert statuses(alone, beside) == [Status.WAITING, Status.QUEUED]


def test_one_lock_that_cannot_be_swept_does_not_stop_the_others(
    make, monkeypatch, caplog
):
    runs = [
        make(key=f"{number:064}", waits_for=f"{number:064}", status=Status.WAITING)
        for number in range(2)
    ]
    original = locks._locked_slots

    def broken(key, **options):
        if key == f"{0:064}":
            raise RuntimeError("the row is cursed")
        return original(key, **options)

    monkeypatch.setattr(locks, "_locked_slots", broken)
    locks.sweep()

    assert statuses(*runs) == [Status.WAITING, Status.QUEUED]
    assert "could not be swept" in caplog.text


def test_locks_that_nobody_holds_are_forgotten(make, begin):
    run = make()
    begin()
    LockSlot.objects.create(key="o" * 64, slot=0)

    locks.forget_unused()

    assert list(LockSlot.objects.values_list("key", "run")) == [(KEY, run.pk)]


def test_a_forgotten_lock_is_made_again(make, begin):
    make()
    run, _ = begin()
    finish(run, DONE)
    locks.forget_unused()
    again = make()

    assert begin() == (again, True)
    assert holders() == {again.pk}


def test_a_slot_that_old_code_never_freed_is_no_obstacle_to_its_own_run(make, begin):
    run = make()
    LockSlot.objects.create(key=KEY, slot=0, run=run)

    assert begin() == (run, True)


# Size.


def test_the_parked_are_outside_the_index_of_the_queue(plan_of, make):
    plan = plan_of(claiming._candidates(5), queue="default")
    parked = JobRun.objects.filter(waits_for=KEY)
    best = parked.order_by("priority", "available_at", "id")[:1]

    assert "cronmgmt_run_queue" in plan
    assert "cronmgmt_run_parked" in plan_of(best)
