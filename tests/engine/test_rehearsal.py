"""What is rehearsed before workers are forked changes nothing, and is what they do."""

from __future__ import annotations

import pytest

from cronmgmt import clock as clocks
from cronmgmt.clock import DatabaseClock
from cronmgmt.engine import loop
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.engine.places import Places
from cronmgmt.engine.rehearsal import rehearse
from cronmgmt.models import JobRun, selecting, updating

pytestmark = pytest.mark.django_db


def test_it_claims_and_changes_nothing(make_run):
    run = make_run()
    before = JobRun.objects.values().get()

    rehearse()

    assert JobRun.objects.values().get(pk=run.pk) == before


def test_what_a_worker_claims_with_is_compiled_by_then(make_run, monkeypatch):
    make_run()
    monkeypatch.setattr(loop, "places", Places())  # As in a fresh process.
    selecting._compiled.cache_clear()
    updating._compiled.cache_clear()

    with clocks.use(DatabaseClock()):
        rehearse()
        rehearsed = selecting._compiled.cache_info().misses
        assert work_a_slice("default").done == 1

    assert selecting._compiled.cache_info().misses == rehearsed
