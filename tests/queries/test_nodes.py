"""Who is there, and what waits for them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt import queries
from cronmgmt.models import Node, Status

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.mark.part("4.12")
def test_nodes_that_were_seen_lately_and_did_not_stop_are_alive(now):
    def node(name, seen, **changes):
        fields = {"pid": 1, "started_at": now, "seen_at": now - seen, **changes}
        return Node.objects.create(name=name, **fields)

    alive = node("alive", 59 * SECOND)
    node("silent", 61 * SECOND)
    node("stopped", 5 * SECOND, stopped_at=now)

    assert queries.live_nodes() == [alive]


def test_the_backlog_counts_what_is_available_per_queue(make_run, now):
    for queue in ("slow", "slow", "default"):
        make_run(queue=queue)
    make_run(queue="later", available_at=now + SECOND)
    make_run(queue="done", status=Status.SUCCEEDED)

    assert queries.backlog() == {"slow": 2, "default": 1}


def test_the_database_can_be_reached(db):
    assert queries.is_reachable()
