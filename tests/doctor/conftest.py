"""A site on which all is well, until a test takes something away."""

from __future__ import annotations

import pytest

from cronmgmt import doctor, registry
from cronmgmt.conf import VERSION
from cronmgmt.doctor import Level
from cronmgmt.models import Node


@pytest.fixture
def examined(monkeypatch):
    """Examine the site; return the findings that are not ok, by what they are about."""
    # Jobs of the tests' own app are not written by a test's database.
    monkeypatch.setattr(registry, "_declarations", {})

    def examine(actor=None):
        found = doctor.examine(actor)
        return {each.check: each for each in found if each.level != Level.OK}

    return examine


@pytest.fixture
def make_node(now):
    def make(name="web1:7:abc", **changes):
        usual = {
            "instance": "web1",
            "pid": 7,
            "version": VERSION,
            "workers": 2,
            "started_at": now,
            "seen_at": now,
            "scheduling_since": now,
        }
        return Node.objects.create(name=name, **{**usual, **changes})

    return make


@pytest.fixture
def well(db, make_node, settings, monkeypatch):
    """Nothing is wrong: a node is there, and Django's checks say nothing."""
    settings.SILENCED_SYSTEM_CHECKS = [f"cronmgmt.W00{n}" for n in range(1, 9)]
    return make_node()
