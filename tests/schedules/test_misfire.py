"""What is due: what runs, what was missed, what is superseded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.schedules import Cron, Decision, Interval, Manual, Once, Stretch, decide

from .moments import utc

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HOURLY = Cron("@hourly")
MIDNIGHT = utc("2026-01-05 00:00")


def at(hour, minute=0):
    return MIDNIGHT + hour * HOUR + minute * MINUTE


def decided(schedule=HOURLY, due=MIDNIGHT, now=None, **changes):
    """Decide at ten past five; a scheduler has been alive for those ten minutes."""
    now = now or at(5, 10)
    asked = {"alive_since": at(5), "policy": "latest", "grace": None, "limit": 100}
    return decide(schedule, due, now, now=now, **{**asked, **changes})


def test_what_comes_due_while_a_scheduler_looks_just_runs():
    assert decided(due=at(5)) == Decision(runs=(at(5),), next=at(6))


@pytest.mark.parametrize("policy", ["latest", "all", "none"])
def test_no_policy_matters_without_downtime(policy):
    decision = decided(alive_since=MIDNIGHT, policy=policy, grace=timedelta(0))

    assert decision.runs == (at(0), at(1), at(2), at(3), at(4), at(5))
    assert not decision.missed and not decision.superseded


def test_latest_runs_the_last_missed_one():
    decision = decided(alive_since=at(5, 5), due=at(5))

    assert decision == Decision(runs=(at(5),), next=at(6))


def test_older_ones_in_grace_are_superseded_and_the_rest_is_missed():
    decision = decided(grace=3 * HOUR)

    assert decision.runs == (at(4), at(5))
    assert decision.superseded == (Stretch(at(3), at(3), 1),)
    assert decision.missed == (Stretch(at(0), at(2), 3),)
    assert decision.next == at(6)


def test_latest_beyond_its_grace_does_not_run():
    decision = decided(grace=HOUR)

    assert decision.runs == (at(5),)
    assert decision.missed == (Stretch(at(0), at(4), 5),)
    assert decision.superseded == ()


def test_the_grace_is_the_interval_by_default():
    just_in_time = decided(alive_since=at(4, 30), now=at(5, 0) - MINUTE)
    too_late = decided(alive_since=at(5), now=at(5, 1))

    assert just_in_time.runs == (at(4),)
    assert too_late.runs == (at(5),)
    assert too_late.missed == (Stretch(at(0), at(4), 5),)


@pytest.mark.parametrize(
    ("schedule", "late", "runs"),
    [
        (Cron("* * * * * *"), timedelta(seconds=60), True),
        (Cron("* * * * *"), timedelta(seconds=60), True),
        (Cron("* * * * *"), timedelta(seconds=61), False),
        (Cron("@daily"), 12 * HOUR, True),
        (Cron("@daily"), 12 * HOUR + timedelta(seconds=1), False),
        (Cron("@yearly"), 12 * HOUR, False),
        (Once(MIDNIGHT), 12 * HOUR, True),
        (Once(MIDNIGHT), 13 * HOUR, False),
    ],
)
def test_the_default_grace_is_a_minute_to_twelve_hours(schedule, late, runs):
    alive = MIDNIGHT + timedelta(seconds=1)

    decision = decided(schedule, now=MIDNIGHT + late, alive_since=alive, limit=1)

    assert (MIDNIGHT in decision.runs) == runs


def test_all_runs_every_missed_one_in_grace():
    decision = decided(policy="all", grace=3 * HOUR)

    assert decision.runs == (at(3), at(4), at(5))
    assert decision.missed == (Stretch(at(0), at(2), 3),)


def test_all_has_a_grace_of_twelve_hours_by_default():
    decision = decided(policy="all", due=MIDNIGHT - 24 * HOUR)

    assert decision.runs[0] == at(-6)
    assert decision.missed == (Stretch(at(-24), at(-7), 18),)


def test_all_keeps_the_newest_when_there_are_too_many():
    decision = decided(policy="all", grace=24 * HOUR, limit=2)

    assert decision.runs == (at(3), at(4))
    assert decision.missed == (Stretch(at(0), at(2), 3),)
    assert decision.next == at(5)


def test_none_runs_nothing_that_was_missed():
    decision = decided(policy="none", grace=24 * HOUR)

    assert decision.runs == (at(5),)
    assert decision.missed == (Stretch(at(0), at(4), 5),)


def test_more_than_the_limit_is_left_for_the_next_call():
    first = decided(alive_since=MIDNIGHT, limit=4)
    second = decided(alive_since=MIDNIGHT, limit=4, due=first.next)

    assert first.runs == (at(0), at(1), at(2), at(3))
    assert first.next == at(4)
    assert second.runs == (at(4), at(5))
    assert second.next == at(6)


def test_what_is_not_due_yet_is_left_alone():
    assert decided(due=at(9)) == Decision(next=at(9))
    assert decided(Manual()) == Decision()


def test_the_last_one_leaves_nothing():
    decision = decided(Once(at(5)), due=at(5))

    assert decision == Decision(runs=(at(5),), next=None)


def test_the_horizon_is_inside():
    decision = decide(
        HOURLY,
        at(5),
        at(6),
        alive_since=at(0),
        policy="latest",
        grace=None,
        limit=9,
        now=at(5),
    )

    assert decision.runs == (at(5), at(6))
    assert decision.next == at(7)


def test_nobody_alive_yet_is_all_downtime():
    decision = decided(alive_since=at(9), grace=24 * HOUR)

    assert decision.runs == (at(5),)
    assert decision.superseded == (Stretch(at(0), at(4), 5),)


def test_a_limit_of_nothing_is_a_mistake():
    with pytest.raises(ValueError, match="At least one run"):
        decided(limit=0)


@pytest.mark.parametrize("policy", ["latest", "all", "none"])
@pytest.mark.parametrize(
    "schedule", [Cron("* * * * * *", "Asia/Tokyo"), Interval("1s")]
)
def test_a_week_of_a_one_second_job_is_decided_exactly(schedule, policy):
    week_ago = MIDNIGHT - timedelta(days=7)

    decision = decided(
        schedule, due=week_ago, alive_since=MIDNIGHT, now=MIDNIGHT, policy=policy
    )

    counts = [each.count for each in (*decision.missed, *decision.superseded)]
    assert sum(counts) + len(decision.runs) == 7 * 86_400 + (policy != "all")
