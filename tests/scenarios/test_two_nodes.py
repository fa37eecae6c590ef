"""Two nodes on one database: each occurrence once, and both do their share."""

from __future__ import annotations

import os
import time
from collections import Counter
from datetime import UTC, datetime

import pytest

from cronmgmt.models.run import UNFINISHED
from tests.scenarios.waiting import wait_until

SECONDS = int(os.environ.get("SOAK_SECONDS", "12"))

# Intervals are counted from the beginning of the year 2000, in UTC.
EPOCH = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
PERIODS = {f"every-{n}-{letter}": n for n in range(1, 11) for letter in "abcde"}

pytestmark = [pytest.mark.timeout(SECONDS + 200), pytest.mark.broker]


@pytest.mark.part("4.1", "4.12")
def test_each_occurrence_is_decided_once_and_run_at_most_once(site, record_property):
    site.apps = ["tests.scenarios.site.crowded"]
    # Started at once: both find that the jobs have no rows yet.
    nodes = [site.start(one, "qcluster", INSTANCE=one) for one in ("left", "right")]
    for node in nodes:
        site.wait_for_node(node)

    first, last = let_them_run(site)

    wanted = occurrences(first, last)
    runs = list(site.runs(scheduled_for__gte=at(first), scheduled_for__lte=at(last)))
    decided = Counter(
        (run.job_name, int(run.scheduled_for.timestamp())) for run in runs
    )
    left_out = {one for one in wanted if one not in decided and not in_a_gap(site, one)}
    starts = Counter(note["execution_id"] for note in site.notes("START"))
    skipped = [run for run in runs if run.status == "skipped"]
    done = [run for run in runs if run.status == "succeeded"]

    report(record_property, site, wanted, done, skipped)
    assert not left_out
    assert set(decided) <= wanted
    assert max(decided.values()) == 1
    assert len(done) + len(skipped) == len(runs)
    assert all(run.reason for run in skipped)
    assert all(starts[str(run.execution_id)] == 1 for run in done)
    assert not any(starts[str(run.execution_id)] for run in skipped)
    assert max(starts.values()) == 1
    assert shares(done).keys() == {"left", "right"}
    assert len(wanted) - len(done) < len(wanted) / 20


def let_them_run(site):
    """Return the first and the last second that both nodes were there for."""
    first = int(time.time()) + 2
    last = first + SECONDS
    wait_until(lambda: time.time() > last, SECONDS + 10, "the time is over")
    due = site.runs(scheduled_for__lte=at(last), status__in=UNFINISHED)
    planned = site.jobs(name__startswith="every-", next_run_at__lte=at(last))
    wait_until(lambda: not planned.exists(), 10, "all occurrences are decided")
    wait_until(lambda: not due.exists(), 20, "all runs have ended")
    return first, last


def occurrences(first, last):
    """Return every occurrence there must be, by arithmetic alone."""
    return {
        (name, second)
        for name, period in PERIODS.items()
        for second in range(first, last + 1)
        if (second - EPOCH) % period == 0
    }


def in_a_gap(site, occurrence):
    name, second = occurrence
    gaps = site.gaps(job__name=name, first__lte=at(second), last__gte=at(second))
    return gaps.exists()


def shares(runs):
    """Return how many runs each node did."""
    return Counter(run.worker.split(":")[0] for run in runs)


def report(record_property, site, wanted, done, skipped):
    """Keep the numbers, for whoever runs the long form."""
    late = sorted((run.started_at - run.scheduled_for).total_seconds() for run in done)
    numbers = {
        "database": site.database.kind,
        "seconds": SECONDS,
        "occurrences": len(wanted),
        "runs": len(done),
        "skipped": len(skipped),
        "shares": dict(shares(done)),
        "lateness_p50": round(late[len(late) // 2], 3),
        "lateness_p99": round(late[len(late) * 99 // 100], 3),
        "lateness_max": round(late[-1], 3),
    }
    for name, value in numbers.items():
        record_property(name, value)
    print(numbers)  # noqa: T201


def at(second):
    return datetime.fromtimestamp(second, UTC)
