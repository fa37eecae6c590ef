"""How soon work goes on after a death or an outage; ``make recovery`` prints the table.

It takes minutes and measures, so no leg of ``make test`` runs it: what it tries, the
scenarios and the short form of the chaos suite try too, with time to spare.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.chaos.servers import SERVERS
from tests.chaos.stage import stage
from tests.scenarios.waiting import wait_until
from tests.tooling.databases import without_driver

IDLE_TRIES = 20
OUTAGE = 10.0
LEASE = 30.0
TICKING = "tests.scenarios.site.ticking"

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def table():
    """Measurements by their name; printed at the end."""
    rows: dict[str, tuple[list[float], float]] = {}
    yield rows
    lines = [f"{'until work goes on after':56} tries   median    worst   limit"]
    for name, (seconds, limit) in rows.items():
        middle = sorted(seconds)[len(seconds) // 2]
        figures = f"{middle:6.1f} s {max(seconds):6.1f} s {limit:5g} s"
        lines.append(f"{name:56} {len(seconds):5} {figures}")
    print("", *lines, sep="\n")  # noqa: T201


@pytest.fixture(autouse=True)
def _tables_can_be_read(django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture(params=["postgresql", "mariadb"])
def kind(request):
    if lacking := without_driver(request.param):
        pytest.skip(lacking)
    return request.param


@contextmanager
def site_on(kind, tmp_path, apps=(), **conf) -> Iterator[tuple]:
    with stage(kind, tmp_path, apps=apps, conf=conf) as staged:
        yield staged, staged.site


def started(site, job):
    run_id = site.trigger(job)
    return run_id, site.noted("START", execution_id=run_id, within=20)["pid"]


def kill(pid):
    os.kill(pid, signal.SIGKILL)
    return time.monotonic()


def test_killed_worker(kind, table, tmp_path):
    seconds = []
    with site_on(kind, tmp_path) as (_, site):
        site.node()
        for _ in range(5):
            run_id, worker = started(site, "stays")
            killed = kill(worker)
            site.noted("END", execution_id=run_id, within=30)
            seconds.append(time.monotonic() - killed)
            site.ended(run_id)

    table[f"kill -9 of a worker ({kind})"] = (seconds, 3)
    assert max(seconds) < 3


def test_killed_node(kind, table, tmp_path):
    with site_on(kind, tmp_path, LEASE=LEASE) as (_, site):
        first = site.node(name="first")
        run_id, _worker = started(site, "stays")
        site.node(name="other")

        first.signal_all(signal.SIGKILL)
        killed = time.monotonic()
        site.noted("END", execution_id=run_id, within=90)
        seconds = time.monotonic() - killed

    table[f"kill -9 of a whole node, lease 30 s ({kind})"] = ([seconds], LEASE + 2)
    assert seconds < LEASE + 2


def test_killed_idle_worker(table, tmp_path):
    seconds = []
    with site_on("postgresql", tmp_path) as (_, site):
        node = site.node()
        for number in range(IDLE_TRIES):
            workers = wait_until(node.workers, 15, "there are workers")
            killed = kill(workers[number % len(workers)])
            run_id = site.trigger("ok")
            site.ended(run_id, within=60)
            seconds.append(time.monotonic() - killed)
            wait_until(
                lambda: len(node.workers()) == site.workers, 30, "there are all workers"
            )

    table["kill -9 of each idle worker of django-q2 in turn"] = (seconds, 15)
    assert max(seconds) < 15


def wait_for_what_is_due_after(site, moment):
    def was_started():
        return [n for n in site.notes("START", job="ticks") if n["occurrence"] > moment]

    wait_until(was_started, 60, "what came due after the return was started")


@pytest.mark.parametrize("outage", [0.0, OUTAGE])
def test_restarted_database(kind, table, tmp_path, outage):
    assert kind in SERVERS
    seconds = []
    with site_on(kind, tmp_path, apps=[TICKING]) as (staged, site):
        site.node()
        wait_until(lambda: site.notes("START", job="ticks"), 20, "the job runs")
        for _ in range(3):
            staged.server.kill()
            time.sleep(outage)
            staged.server.start()
            staged.forget_connection()
            back = time.time()
            wait_for_what_is_due_after(site, back)
            seconds.append(time.time() - back)

    away = f"away for {outage:g} s" if outage else "killed and restarted at once"
    table[f"a database that was {away} ({kind})"] = (seconds, 5)
    assert max(seconds) < 5
