"""``wait``: a new run waits for the earlier one; ``replace``: it takes its place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from cronmgmt.engine import actions, recovery, replacing, scheduling
from cronmgmt.engine.claiming import claim, start
from cronmgmt.engine.finishing import finish
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.engine.outcomes import Outcome
from cronmgmt.engine.overlap import lock_columns
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.errors import Blocked
from cronmgmt.models import JobRun, LockSlot, Status

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DONE = Outcome(Status.SUCCEEDED)


def next_hour(clock):
    clock.move(HOUR)
    queue_due(clock.time, alive_since=clock.time - HOUR)


def begin():
    (run,) = claim("default").runs
    return run, start(run)


def statuses(job):
    return list(job.runs.order_by("pk").values_list("status", flat=True))


# Which lock.


@pytest.mark.parametrize("overlap", ["skip", "allow"])
def test_a_job_without_limits_needs_no_lock(make_job, overlap):
    assert lock_columns(make_job(overlap=overlap)) == {}


@pytest.mark.parametrize("overlap", ["wait", "allow", "replace"])
def test_a_jobs_own_lock_is_no_other_jobs(make_job, overlap):
    one = lock_columns(make_job("one", overlap=overlap, concurrency=1))
    other = lock_columns(make_job("other", overlap=overlap, concurrency=1))

    assert one["lock_digest"] != other["lock_digest"]
    assert (one["lock_key"], one["concurrency"]) == ("", 1)


@pytest.mark.parametrize("overlap", ["skip", "wait", "allow", "replace"])
def test_jobs_that_name_a_lock_share_it(make_job, overlap):
    one = lock_columns(make_job("one", overlap=overlap, lock_key="db"))
    other = lock_columns(make_job("other", lock_key="db", concurrency=3))

    assert one["lock_digest"] == other["lock_digest"]
    assert (one["concurrency"], other["concurrency"]) == (1, 3)


def test_a_lock_may_be_called_as_one_likes(make_job):
    names = ["A", "a", "A ", "ä", "lock\x00"]
    digests = {
        lock_columns(make_job(str(number), lock_key=name))["lock_digest"]
        for number, name in enumerate(names)
    }

    assert len(digests) == len(names)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"concurrency": 0}, "greater than or equal to 1"),
        ({"concurrency": 101, "overlap": "allow"}, "less than or equal to 100"),
        ({"concurrency": 2}, "has one run at a time"),
        ({"concurrency": 2, "overlap": "replace"}, "runs alone"),
        ({"concurrency": 2, "overlap": "replace", "lock_key": "db"}, "runs alone"),
        ({"concurrency": "many", "overlap": "allow"}, "must be an integer"),
        ({"lock_key": "x" * 101}, "at most 100 characters"),
        ({"overlap": "queue"}, "not a valid choice"),
    ],
)
def test_what_does_not_fit_together_is_refused(make_job, fields, message):
    with pytest.raises(ValidationError, match=message):
        make_job(**fields)


def test_the_run_keeps_the_lock_it_was_made_with(make_job):
    job = make_job(overlap="allow", lock_key="db", concurrency=3)
    run = actions.trigger("job")

    job.lock_key, job.concurrency = "other", 1
    job.save()

    run.refresh_from_db()
    assert (run.lock_key, run.concurrency) == ("db", 3)


# Jobs that share a lock.


def test_runs_of_two_jobs_that_share_a_lock_take_turns(make_job):
    for name in ("copy", "backup"):
        make_job(name, lock_key="nightly-db")
        actions.trigger(name)
    copy, _ = begin()

    backup, started = begin()

    backup.refresh_from_db()
    assert not started
    assert backup.reason == f"Waits for the lock nightly-db, held by run {copy.pk}."
    finish(copy, DONE)
    assert begin() == (backup, True)


def test_a_parked_run_is_unfinished_for_its_job(make_job, clock):
    make_job("copy", lock_key="nightly-db")
    job = make_job("backup", lock_key="nightly-db")
    actions.trigger("copy")
    waiting = actions.trigger("backup")
    begin()
    begin()

    with pytest.raises(Blocked, match=f"run {waiting.pk} is waiting"):
        actions.trigger("backup")
    next_hour(clock)
    assert job.runs.latest("pk").reason == (
        f"Skipped: run {waiting.pk} was still waiting."
    )


# Wait.


def test_a_new_occurrence_waits_for_the_earlier_run(make_job, clock):
    job = make_job(overlap="wait")
    next_hour(clock)
    first, _ = begin()
    next_hour(clock)

    second, started = begin()

    second.refresh_from_db()
    assert not started
    assert second.status == Status.WAITING
    assert second.reason == f"Waits until run {first.pk} of job has ended."
    finish(first, DONE)
    work_a_slice("default")
    assert statuses(job) == [Status.SUCCEEDED, Status.SUCCEEDED]


def test_so_many_may_wait_and_the_others_are_skipped(make_job, clock, settings):
    settings.CRONMGMT = {"MAX_WAITING": 2}
    job = make_job(overlap="wait")
    for _ in range(4):
        next_hour(clock)

    assert statuses(job) == [Status.QUEUED] * 3 + [Status.SKIPPED]
    assert job.runs.latest("pk").reason == (
        "Skipped: 3 runs of this job were unfinished: 1 may run and 2 may wait."
    )


def test_an_ended_run_makes_room_for_another(make_job, clock, settings):
    settings.CRONMGMT = {"MAX_WAITING": 1}
    job = make_job(overlap="wait")
    next_hour(clock)
    next_hour(clock)
    first, _ = begin()
    finish(first, DONE)

    next_hour(clock)

    assert statuses(job) == [Status.SUCCEEDED, Status.QUEUED, Status.QUEUED]


def test_several_may_run_side_by_side_and_the_next_waits(make_job, clock):
    job = make_job(overlap="wait", concurrency=2)
    for _ in range(3):
        next_hour(clock)

    assert [begin()[1] for _ in range(3)] == [True, True, False]
    assert statuses(job) == [Status.RUNNING, Status.RUNNING, Status.WAITING]


def test_a_trigger_of_a_job_that_waits_is_accepted(make_job, settings):
    settings.CRONMGMT = {"MAX_WAITING": 2}
    job = make_job(overlap="wait")
    for _ in range(3):
        actions.trigger("job")

    with pytest.raises(Blocked) as refusal:
        actions.trigger("job")

    assert str(refusal.value) == (
        "job: 3 runs of this job were unfinished: 1 may run and 2 may wait."
    )
    assert statuses(job) == [Status.QUEUED] * 3


def test_runs_that_wait_have_keys_of_their_own(make_job):
    job = make_job(overlap="wait")
    for _ in range(3):
        actions.trigger("job")

    keys = set(job.runs.values_list("active_key", flat=True))
    assert len(keys) == 3
    assert None not in keys


def test_an_occurrence_that_finds_its_key_taken_takes_the_next(
    make_job, make_run, clock, monkeypatch
):
    """Another occurrence was made before: the runs are written one by one."""
    make_run(make_job("restored"), Status.SUCCEEDED, scheduled_for=clock.time + HOUR)
    job = make_job("waits", overlap="wait")
    original = scheduling._insert

    def insert(run, now):
        if run.job_name == "waits":
            actions.trigger("waits")
        return original(run, now)

    monkeypatch.setattr(scheduling, "_insert", insert)
    next_hour(clock)

    assert statuses(job) == [Status.QUEUED, Status.QUEUED]


# Replace.


def test_a_new_occurrence_cancels_the_run_before_it(make_job, clock):
    job = make_job(overlap="replace")
    next_hour(clock)
    old, _ = begin()

    next_hour(clock)

    new = job.runs.latest("pk")
    old.refresh_from_db()
    assert (old.status, old.cancel_requested) == (Status.RUNNING, True)
    assert old.reason == f"Replaced by run {new.pk}."
    assert new.status == Status.QUEUED


def test_it_starts_when_the_old_one_has_ended(make_job, clock):
    make_job(overlap="replace")
    next_hour(clock)
    old, _ = begin()
    next_hour(clock)

    new, started = begin()
    assert not started
    finish(old, Outcome(Status.CANCELLED, f"Replaced by run {new.pk}."))

    assert begin() == (new, True)


def test_a_run_that_has_not_started_is_cancelled_at_once(make_job, clock):
    job = make_job(overlap="replace")
    next_hour(clock)
    next_hour(clock)

    old, new = job.runs.order_by("pk")
    assert (old.status, new.status) == (Status.CANCELLED, Status.QUEUED)
    assert (old.reason, old.active_key) == (f"Replaced by run {new.pk}.", None)
    assert old.finished_at == clock.time


def test_there_are_never_more_than_the_old_and_the_newest(make_job, clock):
    job = make_job(overlap="replace")
    next_hour(clock)
    begin()
    for _ in range(3):
        next_hour(clock)

    assert statuses(job) == [
        Status.RUNNING,
        Status.CANCELLED,
        Status.CANCELLED,
        Status.QUEUED,
    ]


def test_of_two_occurrences_in_one_look_the_last_runs(make_job, clock):
    job = make_job(
        schedule_kind="interval", schedule_expression="30m", overlap="replace"
    )

    next_hour(clock)

    first, second = job.runs.order_by("scheduled_for")
    assert (first.status, second.status) == (Status.SKIPPED, Status.QUEUED)
    assert first.reason == "Skipped: the one of 13:00:00 UTC took its place."


def test_nothing_is_cancelled_before_its_successor_is_due(make_job, clock):
    job = make_job(overlap="replace")
    actions.trigger("job")
    clock.move(HOUR - timedelta(seconds=0.5))

    queue_due(clock.time, alive_since=clock.time)

    assert statuses(job) == [Status.QUEUED]
    job.refresh_from_db()
    assert job.next_run_at == clock.time + timedelta(seconds=0.5)


def test_a_trigger_replaces_too(make_job):
    job = make_job(overlap="replace")
    actions.trigger("job")
    new = actions.trigger("job")

    assert statuses(job) == [Status.CANCELLED, Status.QUEUED]
    assert job.runs.first() == new
    assert job.runs.last().reason == f"Replaced by run {new.pk}."


@pytest.mark.part("4.1")
def test_a_replaced_run_whose_worker_dies_is_not_begun_anew(make_job, clock):
    make_job(overlap="replace")
    actions.trigger("job")
    old, _ = begin()
    new = actions.trigger("job")
    clock.move(HOUR)

    recovery.recover_expired()

    old.refresh_from_db()
    assert (old.status, old.reason) == (
        Status.CANCELLED,
        f"Replaced by run {new.pk}.",
    )
    assert not LockSlot.objects.filter(run__isnull=False).exists()


def test_a_run_that_is_just_being_finished_is_left_to_the_next_look(
    make_job, clock, monkeypatch
):
    """Somebody has its row locked: the scheduler waits for nobody."""
    job = make_job(overlap="replace")
    actions.trigger("job")
    due = clock.move(HOUR)
    monkeypatch.setattr(replacing, "_lock", lambda runs, wait: {})

    queue_due(due, alive_since=due - HOUR)

    assert statuses(job) == [Status.QUEUED]
    job.refresh_from_db()
    assert job.next_run_at == due


def test_an_older_run_that_frees_its_place_wakes_those_that_share_its_lock(
    make_job, clock, django_capture_on_commit_callbacks
):
    make_job("other", lock_key="db")
    make_job(overlap="replace", lock_key="db")
    actions.trigger("other")
    other, _ = begin()
    actions.trigger("job")
    begin()
    finish(other, DONE)
    parked = JobRun.objects.get(job_name="job")
    assert parked.status == Status.QUEUED

    with django_capture_on_commit_callbacks(execute=True):
        new = actions.trigger("job")

    assert begin() == (new, True)
