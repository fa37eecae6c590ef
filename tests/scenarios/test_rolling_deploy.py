"""Old and new code side by side, on one database."""

from __future__ import annotations

import pytest

from cronmgmt.models import Status
from tests.scenarios.waiting import wait_until

pytestmark = [pytest.mark.part("4.7"), pytest.mark.once]


def test_what_only_the_new_code_knows_waits_for_it(site):
    old = site.node(name="old")
    site.apps = ["tests.scenarios.site.newer"]
    site.call("migrate", "--verbosity=0")
    run_id = site.trigger("newer")
    wait_until(lambda: site.attempts(run_id), 15, "the old node has left it to others")

    site.node(name="new")

    run = site.ended(run_id, within=60)
    assert (run.status, run.attempt, run.losses) == (Status.SUCCEEDED, 1, 0)
    assert run.worker.startswith("new:")
    assert {attempt.outcome for attempt in site.attempts(run_id)} == {"handed_back"}
    assert old.status() is None
    assert site.ended(site.trigger("ok")).status == Status.SUCCEEDED
