"""Redis is away for a while: nothing is lost, and running work goes on."""

from __future__ import annotations

import os
import time

import pytest

from tests.scenarios.waiting import wait_until
from tests.tooling import private

pytestmark = [
    pytest.mark.skipif(
        os.environ.get("CRONMGMT_TEST_BROKER") != "redis", reason="it is about Redis"
    ),
    pytest.mark.broker,
    pytest.mark.chaos,
]

LONGER_THAN_THE_NODES_PATIENCE = 15.0


@pytest.fixture
def redis(tmp_path, monkeypatch):
    """A Redis of this test's own; the site of the test is on it."""
    port = private.free_port()
    monkeypatch.setenv("CRONMGMT_TEST_REDIS_URL", f"redis://127.0.0.1:{port}/0")
    return lambda: private.redis(tmp_path, port)


def test_a_run_goes_on_while_redis_is_away(redis, site):
    with redis():
        site.node()
        long = site.trigger("naps", seconds=LONGER_THAN_THE_NODES_PATIENCE)
        site.noted("START", execution_id=long)

    waiting = site.trigger("ok")  # No ring arrives anywhere, and that is no error.
    run = site.ended(long, within=25)
    with redis():
        after = site.ended(waiting, within=30)

    assert (run.status, run.losses) == ("succeeded", 0)
    assert (after.status, after.losses) == ("succeeded", 0)


def test_what_is_queued_while_redis_is_away_runs(redis, site):
    with redis():
        site.node()

    for _ in range(3):
        assert site.ended(site.trigger("ok"), within=15).status == "succeeded"


def test_a_node_that_starts_without_redis_begins_once_it_is_there(redis, site):
    site.start("node", "qcluster")
    waiting = site.trigger("ok")
    wait_until(lambda: site.nodes().exists(), 10, "the node schedules")

    with redis():
        assert site.ended(waiting, within=20).status == "succeeded"


def test_a_dead_broker_costs_the_caller_no_time(redis, site):
    with redis():
        site.node()
    started = time.monotonic()

    for _ in range(5):
        site.trigger("naps", seconds=0)

    assert time.monotonic() - started < 5
