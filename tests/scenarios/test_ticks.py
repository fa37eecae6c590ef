"""Ticks over HTTP: a real web server, whose handlers run in children of their own."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from cronmgmt.engine.processing import TIME_IS_UP
from cronmgmt.models import Status
from tests.scenarios.processes import ROOT
from tests.scenarios.ticks import SECRET, ask, tick
from tests.scenarios.waiting import wait_until

WORKERS = {
    "sync": ["--workers=2", "--timeout=60"],
    "threads": ["--threads=4", "--timeout=60"],
}

pytestmark = pytest.mark.part("1.1")


# Seconds of a tick: of one that has time, and of one whose end is waited for.
LONG, SHORT = 60.0, 12.0


def serving(site, length, workers="threads"):
    """Return a site with a web server of one kind, and its address."""
    site.apps = ["tests.scenarios.site.ticked"]
    site.conf = {"CRON_SECRET": SECRET, "TICK_LENGTH": length}
    site.call("cronmgmt", "apply")
    return site, *site.serve(*WORKERS[workers])


@pytest.fixture
def web(site):
    return serving(site, LONG)


@pytest.fixture
def hurried(site, request):
    """The same, whose ticks are short."""
    return serving(site, SHORT, getattr(request, "param", "threads"))


@pytest.mark.once
def test_what_waits_is_done_and_counted(web):
    site, _, url = web
    wanted = [site.trigger("ok"), site.trigger("fails-for-good")]
    elsewhere = site.trigger("on-another-queue")

    status, told = tick(url)

    assert status == 200
    assert (told["processed"] >= 2, told["failed"]) == (True, 1)
    assert 0 < told["duration"] < LONG * 1000
    ended = [site.run(each).status for each in [*wanted, elsewhere]]
    assert ended == ["succeeded", "failed", "succeeded"]
    assert not list(site.temporary.rglob("*.trace"))


@pytest.mark.once
@pytest.mark.part("3.4")
def test_schedules_run_without_any_cluster(web):
    site, _, url = web
    tick(url)
    before = list(site.runs().values_list("pk", flat=True))
    made = site.runs(job_name="due-always", status="succeeded").exclude(pk__in=before)

    wait_until(lambda: tick(url) and made.count() >= 3, 30, "it came due")

    assert not made.filter(origin="catch-up").exists()
    assert site.nodes().get().name == "tick"
    assert "starts may be" in site.call("cronmgmt", "status").stdout


@pytest.mark.once
@pytest.mark.parametrize("hurried", WORKERS, indirect=True)
def test_a_handler_that_hangs_in_c_leaves_the_web_server_serving(hurried):
    site, server, url = hurried
    before = server.pids()
    run_id = site.trigger("hangs")
    answers = []
    calling = threading.Thread(target=lambda: answers.append(tick(url)))
    calling.start()
    site.noted("START", execution_id=run_id)

    meanwhile = time.monotonic()
    status, _ = ask(f"{url}/api/jobs/status")
    took = time.monotonic() - meanwhile
    calling.join()

    assert (status, took < 5) == (200, True)
    [(status, told)] = answers
    assert (status, told["failed"]) == (200, 1)
    assert told["duration"] < SHORT * 1000
    assert site.run(run_id).status == Status.LOST
    assert not list(site.temporary.rglob("*.trace"))
    assert set(before) <= set(server.pids())


@pytest.mark.once
def test_what_outlasts_the_tick_is_handed_back(hurried):
    site, _, url = hurried
    site.jobs(name__startswith="due").update(enabled=False, next_run_at=None)
    run_id = site.trigger("stays")

    _, told = tick(url)

    run = site.run(run_id)
    assert (told["processed"], told["failed"]) == (0, 1)
    assert (run.status, run.attempt, run.reason) == (Status.QUEUED, 0, TIME_IS_UP)
    tick(url)
    assert site.run(run_id).status == Status.SUCCEEDED


@pytest.mark.once
@pytest.mark.chaos
def test_what_a_killed_web_server_had_begun_goes_on(hurried):
    site, server, url = hurried
    run_id = site.trigger("stays-once")
    with ThreadPoolExecutor(1) as caller:
        answer = caller.submit(tick, url)
        site.noted("START", execution_id=run_id)

        server.signal_all(signal.SIGKILL)

        assert isinstance(answer.exception(10), OSError)
    wait_until(lambda: site.run(run_id).status == Status.QUEUED, 20, "it is queued")
    assert site.run(run_id).reason == TIME_IS_UP


def test_ten_ticks_at_once_share_the_work(web):
    site, _, url = web
    ids = [site.trigger("naps", seconds=0.05) for _ in range(20)]

    with ThreadPoolExecutor(10) as callers:
        answers = list(callers.map(tick, [url] * 10))

    assert [status for status, _ in answers] == [200] * 10
    starts = Counter(note["execution_id"] for note in site.notes("START"))
    assert [starts[each] for each in ids] == [1] * 20
    assert sum(told["processed"] for _, told in answers) == sum(starts.values())


@pytest.mark.part("1.2")
@pytest.mark.once
def test_the_client_has_a_site_do_its_tick(web, monkeypatch):
    site, _, url = web
    run_id = site.trigger("ok")
    environ = {**site.environ(), "CRON_URL": url, "CRON_SECRET": SECRET}
    command = [sys.executable, "-m", "cronmgmt.processor"]

    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 0, done.stderr
    assert "processed, 0 failed" in done.stdout
    assert site.run(run_id).status == Status.SUCCEEDED


@pytest.mark.part("3.4")
@pytest.mark.once
def test_a_platforms_cron_may_run_the_command_itself(site):
    ids = [site.trigger("ok"), site.trigger("naps-once", seconds=0.1)]

    done = site.call("cronmgmt", "process", "--max-runs=1", "--seconds=20", "--json")
    again = site.call("cronmgmt", "process")

    assert '"processed": 1' in done.stdout
    assert "1 processed, 0 failed" in again.stdout
    assert {site.run(each).status for each in ids} == {Status.SUCCEEDED}
