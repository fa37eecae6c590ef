"""What the helpers for hosts are tested with."""

from __future__ import annotations

import pytest

from cronmgmt import registry
from cronmgmt.engine.declaring import apply_declarations


@pytest.fixture(autouse=True)
def _registry_as_before(monkeypatch):
    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))
    monkeypatch.setattr(registry, "_declarations", {})


@pytest.fixture
def declare():
    """Declare a job that notes when it ran, as a deploy would."""

    def make(name, ran, **fields):
        def work(run):
            """Note the moment it was for."""
            ran.append((name, run.intended_for and f"{run.intended_for:%H:%M:%S}"))

        registry.job(name, **fields)(work)
        apply_declarations()

    return make
