"""What happened to a run, and how long each part of its life took."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt import queries
from cronmgmt.models import RunAttempt, Status

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def retried(make_run, now):
    """A run that failed, waited and then succeeded, with its first attempt."""
    run = make_run(
        status=Status.SUCCEEDED,
        requested_by="anna",
        attempt=2,
        worker="host:2:b",
        available_at=now + 3 * MINUTE,
        started_at=now + 4 * MINUTE,
        finished_at=now + 6 * MINUTE,
    )
    attempt = RunAttempt.objects.create(
        run=run,
        number=1,
        outcome="failed",
        reason="OSError: secret",
        worker="host:1:a",
        started_at=now + MINUTE,
        finished_at=now + 2 * MINUTE,
    )
    return run, [attempt]


def told(run, attempts=(), *, allowed=True):
    return [
        (step.at, step.title, step.detail)
        for step in queries.steps(run, attempts, allowed=allowed)
    ]


def test_the_life_of_a_run_is_told_from_first_to_last(retried, now):
    assert told(*retried) == [
        (now, "Queued", "manual · anna"),
        (now + MINUTE, "Attempt 1 started", "host:1:a"),
        (now + 2 * MINUTE, "Attempt 1: failed", "OSError: secret"),
        (now + 4 * MINUTE, "Attempt 2 started", "host:2:b"),
        (now + 6 * MINUTE, "Succeeded", ""),
    ]


def test_the_errors_of_attempts_are_not_told_to_everybody(retried):
    assert "secret" not in str(told(*retried, allowed=False))


def test_the_parts_of_a_life_leave_no_holes(retried, now):
    parts = queries.stretches(*retried, now + 9 * MINUTE)

    assert [part.state for part in parts] == [
        "pause",
        "failed",
        "pause",
        "succeeded",
    ]
    assert [part.seconds for part in parts] == [60, 60, 120, 120]


@pytest.mark.parametrize(
    ("status", "changes", "last"),
    [
        (Status.QUEUED, {}, "Queued"),
        (Status.CLAIMED, {}, "Claimed by a worker"),
        (Status.RUNNING, {}, "Attempt 1 started"),
        (Status.RUNNING, {"cancel_requested": True}, "It is being stopped."),
        (Status.SKIPPED, {"reason": "Run 1 was running."}, "Skipped"),
    ],
)
def test_the_last_thing_told_is_how_it_stands(make_run, status, changes, last):
    assert told(make_run(status=status, **changes))[-1][1] == last


def test_a_run_that_is_due_later_says_when(make_run, now):
    run = make_run(available_at=now + MINUTE)

    assert (now + MINUTE, "Due", "") in told(run)


def test_a_failed_run_that_waits_says_when_it_is_tried_again(make_run, now):
    run = make_run(attempt=1, started_at=now, available_at=now + MINUTE)
    attempt = RunAttempt(
        run=run, number=1, outcome="failed", started_at=now, finished_at=now
    )

    assert told(run, [attempt])[-1][:2] == (now + MINUTE, "To be tried again")


def test_a_life_that_goes_on_lasts_until_now(make_run, now):
    waiting = queries.stretches(make_run(), [], now + MINUTE)
    running = queries.stretches(make_run(status=Status.RUNNING), [], now + MINUTE)

    assert [(part.state, part.seconds) for part in waiting] == [("pause", 60)]
    assert [(part.state, part.seconds) for part in running] == [("running", 60)]
