"""Fixtures for a site's tests; pytest loads them wherever this package is installed.

``cronmgmt_clock``   a clock that stands still until it is moved
``cronmgmt_queue``   what the test has queued
``cronmgmt_inline``  runs what is queued or due, here and now
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest

# Imported by pytest before Django has its settings: what needs them is loaded late.
TESTING = "cronmgmt.testing"

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""Where the clock stands first: a test says the same on every day."""


@pytest.fixture
def cronmgmt_clock(db: None) -> Iterator[Any]:
    """A ``SettableClock``: set its ``time``, or ``move`` it by a timedelta."""
    testing = import_module(TESTING)
    with testing.use(testing.SettableClock(NOON)) as clock:
        yield clock


@pytest.fixture
def cronmgmt_queue(db: None) -> Iterator[Any]:
    """A ``Watched``: what is queued from here on, and assertions about it."""
    testing = import_module(TESTING)
    with testing.quiet():
        yield testing.Watched()


@pytest.fixture
def cronmgmt_inline(db: None) -> Iterator[Any]:
    """``run_queued``, ``run_due`` and ``run_until``; nobody else is rung for."""
    testing = import_module(TESTING)
    with testing.quiet():
        yield testing
