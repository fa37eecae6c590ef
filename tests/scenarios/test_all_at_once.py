"""A cluster, a node without django-q2 and ten ticks at a time: nothing runs twice."""

from __future__ import annotations

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event

import pytest

from cronmgmt.models.run import UNFINISHED
from tests.scenarios.ticks import SECRET, tick
from tests.scenarios.waiting import wait_until

SECONDS = int(os.environ.get("TOGETHER_SECONDS", "8"))
CALLERS = 10
DUE = ["due-always", "due-often"]
WHERE = {"cluster", "alone", "web"}

pytestmark = [pytest.mark.timeout(SECONDS + 240), pytest.mark.part("1.9")]


def test_nothing_runs_twice(site, record_property):
    site.apps = ["tests.scenarios.site.ticked"]
    site.conf = {"CRON_SECRET": SECRET, "TICK_LENGTH": 60.0}
    site.call("cronmgmt", "apply")
    site.node(name="cluster")
    alone = site.start("alone", "cronmgmt", "work", "--workers=2", INSTANCE="alone")
    site.wait_for_node(alone)
    _, url = site.serve("--threads=12", INSTANCE="web")
    assert is_alive(site, "cluster") and not is_alive(site, "elsewhere")

    first = int(time.time()) + 2
    answers, queued = keep_all_busy(site, url, until=first + SECONDS)
    last = max(first + SECONDS, int(time.time()))
    due = site.runs(scheduled_for__isnull=False, scheduled_for__gte=at(first))
    due = due.filter(scheduled_for__lte=at(last))
    planned = site.jobs(name__in=DUE, next_run_at__lte=at(last))
    wait_until(lambda: not planned.exists(), 30, "all occurrences are decided")
    left = site.runs(status__in=UNFINISHED, available_at__lte=at(last + 1))
    wait_until(lambda: not left.exists(), 60, "all runs have ended")

    starts = Counter(note["execution_id"] for note in site.notes("START"))
    done = site.runs(status="succeeded")
    decided = Counter((run.job_name, run.scheduled_for) for run in due)
    where = Counter(run.worker.split(":")[0] for run in done)
    report(record_property, site, answers, queued, due, where)
    assert {status for status, _ in answers} == {200}
    assert max(starts.values()) == 1
    assert all(starts[each] == 1 for each in queued)
    assert not done.exclude(attempt=1, losses=0).exists()
    assert set(due.values_list("status", flat=True)) <= {"succeeded", "skipped"}
    assert not site.runs(execution_id__in=queued).exclude(status="succeeded").exists()
    assert max(decided.values()) == 1
    assert {name: made(decided, name) for name in DUE} == wanted(first, last)
    assert where.keys() == WHERE
    assert sum(told["failed"] for _, told in answers) == 0


def is_alive(site, instance):
    """Do what a platform's probe does."""
    asked = site.call("cronmgmt", "status", "--alive", INSTANCE=instance)
    return asked.returncode == 0


def keep_all_busy(site, url, until):
    """Queue runs and have ten ticks under way all the time; returns what came of it.

    On a busy machine ten processes take long to start: for as long as it takes until
    each kind of worker has had a share.
    """
    patience = time.monotonic() + SECONDS + 60

    def is_early():
        if time.time() < until:
            return True
        shares = site.runs(status="succeeded").values_list("worker", flat=True)
        met = {worker.split(":")[0] for worker in shares}
        return met < WHERE and time.monotonic() < patience

    over = Event()

    def call(number):
        answers = []
        while not over.is_set():
            answers.append(tick(url))
        return answers

    queued = []
    with ThreadPoolExecutor(CALLERS) as callers:
        calls = [callers.submit(call, number) for number in range(CALLERS)]
        try:
            while is_early():
                queued += [site.trigger("naps", seconds=0.2) for _ in range(10)]
                ended = site.runs(execution_id__in=queued, finished_at=None)
                wait_until(
                    lambda ended=ended: ended.count() < 30, 60, "they are worked off"
                )
        finally:
            over.set()
    return [answer for each in calls for answer in each.result()], queued


def made(decided, name):
    return sum(job == name for job, _ in decided)


def wanted(first, last):
    """Return how many occurrences there must be, by arithmetic alone."""
    seconds = range(first, last + 1)
    return {"due-always": len(seconds), "due-often": sum(s % 2 == 0 for s in seconds)}


def report(record_property, site, answers, queued, due, where):
    """Keep the numbers, for whoever runs the long form."""
    numbers = {
        "database": site.database.kind,
        "seconds": SECONDS,
        "ticks": len(answers),
        "by ticks": sum(told["processed"] for _, told in answers),
        "queued": len(queued),
        "occurrences": due.count(),
        "skipped": due.filter(status="skipped").count(),
        "shares": dict(where),
    }
    for name, value in numbers.items():
        record_property(name, value)
    print(numbers)  # noqa: T201


def at(second):
    return datetime.fromtimestamp(second, UTC)
