"""Alice may everything, Bob may only look, Charlie has no business here."""

from __future__ import annotations

import pytest

from cronmgmt.engine.actions import Actor

ALICE = (
    "trigger_scheduledjob",
    "switch_scheduledjob",
    "add_scheduledjob",
    "change_scheduledjob",
    "delete_scheduledjob",
    "cancel_jobrun",
    "rerun_jobrun",
)
BOB = ("view_scheduledjob", "view_jobrun")


@pytest.fixture
def make_actor(make_user):
    """Somebody at the dashboard who has these permissions."""

    def make(name, *permissions):
        user = make_user(name, *permissions)
        return Actor(name, "dashboard", user=user, address="192.0.2.7")

    return make


@pytest.fixture
def alice(make_actor):
    return make_actor("alice", *ALICE)


@pytest.fixture
def bob(make_actor):
    return make_actor("bob", *BOB)


@pytest.fixture
def charlie(make_actor):
    return make_actor("charlie")
