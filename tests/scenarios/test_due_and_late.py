"""What becomes of occurrences while nothing schedules, works or hears of work."""

from __future__ import annotations

import signal
import time
from datetime import timedelta

import pytest

from cronmgmt.models import Status
from tests.scenarios.waiting import wait_until

TICKING = "tests.scenarios.site.ticking"
SECOND = timedelta(seconds=1)


@pytest.mark.once
@pytest.mark.part("4.7", "2.3")
def test_a_failing_run_is_tried_again_at_its_time(site):
    site.node()

    run_id = site.trigger("fails")

    run = site.ended(run_id)
    assert (run.status, run.attempt) == (Status.FAILED, 3)
    assert run.reason == "RuntimeError: attempt 3 failed"
    assert [a.outcome for a in site.attempts(run_id)] == ["failed", "failed"]
    first, second, third = [n["at"] for n in site.notes("START", execution_id=run_id)]
    assert 0.18 <= second - first < 0.22 + 1.5
    assert 0.36 <= third - second < 0.44 + 1.5


@pytest.mark.once
def test_where_nothing_is_enabled_nothing_is_scheduled_or_run(site):
    site.apps = [TICKING]
    run_id = site.trigger("ok")
    node = site.node(ENABLED=False)
    before, since = node.cpu_seconds(), time.monotonic()

    wait_until(lambda: time.monotonic() - since > 4, 5, "time enough has passed")

    assert not site.notes()
    assert not site.runs(job_name="ticks").exists()
    assert site.run(run_id).status == Status.QUEUED
    assert node.cpu_seconds() - before < 0.4


@pytest.mark.part("4.1")
def test_a_restart_misses_nothing(site):
    site.apps = [TICKING]
    first = site.node(name="first")
    ticked(site, 2)

    first.signal(signal.SIGTERM)
    first.wait(within=10)
    site.node(name="second")
    since = site.runs(job_name="ticks").count()
    ticked(site, since + 3)

    # A busy restart takes longer than a second: what then met an unfinished run is
    # skipped, and on record like the others.
    rows = site.runs(job_name="ticks").order_by("scheduled_for")
    seconds = set(rows.values_list("scheduled_for", flat=True))
    for gap in site.gaps():
        assert gap.kind == "skipped"
        seconds |= {gap.first + n * SECOND for n in range(gap.count)}
    assert seconds == {min(seconds) + n * SECOND for n in range(len(seconds))}
    assert Status.MISSED not in rows.values_list("status", flat=True)


@pytest.mark.part("4.3", "1.8")
def test_a_downtime_gives_one_catch_up_and_one_gap_with_a_sentence(site):
    site.apps = [TICKING]
    node = site.node(name="first")
    ticked(site, 2)
    node.signal(signal.SIGTERM)
    node.wait(within=10)
    last = site.jobs(name="ticks").get().next_run_at - SECOND
    # A node that came up slowly was late already, and so may the next one be.
    site.runs(status="queued").delete()
    site.runs(origin="catch-up").delete()
    site.gaps().delete()
    set_back(site, timedelta(minutes=10))

    site.node(name="second")
    wait_until(lambda: site.gaps().count() == 2, 20, "there are gaps")

    caught_up = site.runs(origin="catch-up").earliest("scheduled_for")
    gaps = list(site.gaps().order_by("first"))
    assert [gap.kind for gap in gaps] == ["missed", "superseded"]
    assert all("no scheduler was running" in gap.reason for gap in gaps)
    assert gaps[0].first == last - timedelta(minutes=10) + SECOND
    assert gaps[0].last + SECOND == gaps[1].first
    assert gaps[1].last + SECOND == caught_up.scheduled_for
    assert site.ended(str(caught_up.execution_id)).status == Status.SUCCEEDED


@pytest.mark.once
def test_a_run_that_is_cancelled_ends_at_once_and_frees_its_job(site):
    site.node()
    run_id = site.trigger("stays")
    site.noted("START", execution_id=run_id)

    site.ask("cancel_run", run_id, "not today")

    run = site.ended(run_id, within=4)
    assert (run.status, run.attempt, run.losses) == (Status.CANCELLED, 1, 0)
    assert run.reason == "Cancelled by code: not today"
    again = site.trigger("stays")
    site.noted("START", execution_id=again)


@pytest.mark.chaos
def test_work_whose_rings_were_lost_is_done_all_the_same(site):
    node = site.node("--no-scheduler")
    node.signal_all(signal.SIGSTOP)
    ids = [site.trigger("naps", seconds=0.01) for _ in range(20)]
    site.ask_database("DELETE FROM django_q_ormq")
    node.signal_all(signal.SIGCONT)

    since = time.monotonic()
    for run_id in ids:
        assert site.ended(run_id, within=12).status == Status.SUCCEEDED

    assert time.monotonic() - since < 12


@pytest.mark.once
@pytest.mark.part("4.12")
def test_a_node_without_scheduler_only_works(site):
    site.apps = [TICKING]
    site.node("--no-scheduler", name="worker")
    assert site.ended(site.trigger("ok")).status == Status.SUCCEEDED
    assert site.nodes().get().scheduling_since is None
    assert not site.runs(job_name="ticks").exists()

    site.node(name="scheduler")

    ticked(site, 2)


def done(site):
    """Return the ticks that were run, oldest first."""
    runs = site.runs(job_name="ticks", status="succeeded")
    return list(runs.order_by("scheduled_for"))


def ticked(site, times):
    wait_until(lambda: len(done(site)) >= times, 15, f"it ticked {times} times")


def set_back(site, by):
    """Let the past be longer ago, as if the site had been down for that long."""
    for run in site.runs():
        times = {
            name: getattr(run, name) - by
            for name in ("scheduled_for", "available_at", "started_at", "finished_at")
            if getattr(run, name)
        }
        site.runs(pk=run.pk).update(**times)
    for node in site.nodes():
        site.nodes(pk=node.pk).update(seen_at=node.seen_at - by)
    for job in site.jobs(name="ticks"):
        site.jobs(pk=job.pk).update(next_run_at=job.next_run_at - by)
