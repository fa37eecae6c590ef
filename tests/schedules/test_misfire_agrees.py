"""Decisions against a slow one that looks at every single occurrence."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from cronmgmt.schedules import Bounded, Cron, Interval, decide

from .moments import utc
from .strategies import examples

START = utc("2026-03-28 20:00")
MINUTE, TWELVE_HOURS = timedelta(minutes=1), timedelta(hours=12)
SCHEDULES = [
    Cron("*/7 * * * *", "Europe/Amsterdam"),
    Cron("10,40 0-5 * * *", "Europe/Amsterdam"),
    Cron("*/20 59 * * * *"),
    Cron("@daily", "Pacific/Apia"),
    Interval("17s", START - timedelta(hours=1)),
    Interval("5h"),
    Bounded(Interval("10m"), START, START + timedelta(hours=3)),
]
spans = st.one_of(
    st.integers(0, 120).map(lambda n: timedelta(seconds=n)),
    st.integers(0, 600).map(lambda n: timedelta(minutes=n)),
    st.integers(0, 10**9).map(lambda n: timedelta(microseconds=n)),
)


def slowly(schedule, due, now, alive_since, policy, grace, limit):
    """Return runs, missed and superseded, each as a plain list."""
    occurrences = schedule.between(due, now, 10**6)
    missed = [each for each in occurrences if each < alive_since]
    in_grace = [
        each for each in missed if now - each <= grace_of(schedule, each, policy, grace)
    ]
    chosen = []
    if policy == "all":
        chosen = in_grace[-limit:]
    elif policy == "latest" and in_grace and in_grace[-1] == missed[-1]:
        chosen = in_grace[-1:]
    superseded = in_grace[:-1] if policy == "latest" and chosen else []
    alive = [each for each in occurrences if each >= alive_since]
    runs = chosen + alive[: limit - len(chosen)]
    rest = [each for each in missed if each not in chosen and each not in superseded]
    return runs, rest, superseded


def grace_of(schedule, occurrence, policy, grace):
    if grace is not None:
        return grace
    following = schedule.next_after(occurrence)
    if policy == "all" or following is None:
        return TWELVE_HOURS
    return min(max(following - occurrence, MINUTE), TWELVE_HOURS)


def laid_out(schedule, stretches):
    """Return every occurrence of the stretches, and check what they say of it."""
    found = []
    for stretch in stretches:
        inside = schedule.between(stretch.first, stretch.last, 10**6)
        assert (inside[0], inside[-1]) == (stretch.first, stretch.last)
        assert len(inside) == stretch.count
        found += inside
    return found


@given(
    schedule=st.sampled_from(SCHEDULES),
    until_due=spans,
    down=spans,
    up=spans,
    policy=st.sampled_from(["latest", "all", "none"]),
    grace=st.one_of(st.none(), spans),
    limit=st.integers(1, 20),
)
@examples(120)
def test_every_occurrence_is_decided_once(
    schedule, until_due, down, up, policy, grace, limit
):
    due = schedule.next_after(START + until_due)
    if due is None:
        return
    alive_since = due + down
    now = alive_since + up
    asked = {"alive_since": alive_since, "policy": policy, "grace": grace}

    decision = decide(schedule, due, now, now=now, limit=limit, **asked)

    missed = laid_out(schedule, decision.missed)
    superseded = laid_out(schedule, decision.superseded)
    expected = slowly(schedule, due, now, limit=limit, **asked)
    assert (list(decision.runs), missed, superseded) == expected
    everything = sorted([*decision.runs, *missed, *superseded])
    end = decision.next or now + timedelta(days=99)
    before_next = schedule.between(due, end - timedelta(seconds=1), 10**6)
    assert everything == before_next
    assert schedule.count_between(due, end - timedelta(seconds=1)) == len(everything)
