"""Work that one process queues, and a node does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.models import Origin, Status
from tests.scenarios.waiting import wait_until

PIECES = 40
SOON = timedelta(seconds=2)
"""Before the node would look by itself for work whose ring it did not hear."""


@pytest.mark.once
@pytest.mark.part("1.3")
def test_work_queued_piece_by_piece_starts_soon_with_few_rings(site):
    site.node()

    for _ in range(PIECES):
        site.ask("enqueue", "ok")

    done = site.runs(origin=Origin.ENQUEUE, status=Status.SUCCEEDED)
    wait_until(lambda: done.count() == PIECES, 20, "all of it is done")
    assert max(run.started_at - run.created_at for run in done) < SOON
