"""Work for the queue, what keeps it going, and who did what."""

from __future__ import annotations

import pytest
from django.test import Client

from cronmgmt.engine import actions
from cronmgmt.models import JobRun, Node
from tests.api.conftest import Program


@pytest.fixture
def dora(make_user):
    """She may queue work."""
    client = Client()
    client.force_login(make_user("dora", "add_jobrun"))
    return Program(client)


def test_work_is_queued_once_for_a_key(dora):
    body = {
        "handler": "t:limited",
        "params": {"limit": 2},
        "priority": "urgent",
        "uniqueKey": "import-7",
        "delay": 60,
    }

    first, second = dora("POST", "enqueue", body), dora("POST", "enqueue", body)

    run = JobRun.objects.get()
    assert first.status_code == second.status_code == 202
    assert first.json() == {"executionId": str(run.execution_id), "isNew": True}
    assert second.json() == {"executionId": str(run.execution_id), "isNew": False}
    assert (run.requested_by, run.priority, run.params) == ("dora", 0, {"limit": 2})
    wait = (run.available_at - run.created_at).total_seconds()
    assert wait == pytest.approx(60, abs=1)


@pytest.mark.parametrize(
    "change",
    [
        {"handler": "none"},
        {"params": {"limit": "x"}},
        {"priority": "soon"},
        {"priority": True},
        {"queue": "No Queue"},
        {"delay": -1},
        {"delay": "x"},
        {"delay": "60"},
        {"delay": True},
        {"delay": 10**12},
        {"at": "soon"},
        {"at": "2026-06-02T00:00:00Z", "delay": 1},
        {"uniqueKey": "x" * 201},
        {"notify": "a@b.example"},
    ],
    ids=str,
)
def test_wrong_work_is_refused(dora, change):
    answer = dora("POST", "enqueue", {"handler": "t:limited", **change})

    assert (answer.status_code, answer.json()["status"]) == (400, 400)
    assert not JobRun.objects.exists()


def test_nodes_and_queues_are_told(bob, make_run, clock):
    times = {"seen_at": clock.time, "started_at": clock.time}
    Node.objects.create(name="n:1:x", instance="n", pid=1, workers=2, **times)
    make_run()

    told = bob("GET", "nodes").json()

    assert [(each["name"], each["state"]) for each in told["nodes"]] == [
        ("n:1:x", "alive")
    ]
    assert (told["queues"][0]["waiting"], told["workers"]) == (1, 2)
    assert "no-scheduler" in told["troubles"]


def test_the_record_is_told_to_who_may_read_it(alice, bob, make_job):
    make_job("nightly")
    actions.switch_off("nightly", reason="frozen")
    alice("POST", "jobs/nightly/on")

    told = alice("GET", "activity?person=alice&limit=1").json()

    assert [(r["action"], r["source"]) for r in told["activity"]] == [
        ("switch on", "api")
    ]
    assert bob("GET", "activity").status_code == 403
    assert alice("GET", "activity?verdict=x").status_code == 400
    assert len(alice("GET", "activity").json()["activity"]) == 2
