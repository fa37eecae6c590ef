"""The fixtures of other systems, and what is to become of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cronmgmt.clock import SettableClock, use
from cronmgmt.engine.foreign import celery_beat, crontab, django_q2
from cronmgmt.engine.foreign.mapping import read_handlers
from cronmgmt.engine.foreign.moving import Surroundings
from cronmgmt.engine.foreign.rows import from_dump
from tests.conftest import MOMENT

FIXTURES = Path(__file__).resolve().parent / "fixtures"


@pytest.fixture
def around():
    """What surrounds schedules, with these handlers."""

    def around(handlers=None, **changes):
        facts = {"timezone": "Europe/Amsterdam", "now": MOMENT, **changes}
        return Surroundings(handlers=read_handlers(handlers or {}), **facts)

    return around


@pytest.fixture
def moved_fixture(around):
    """Move a fixture, without writing anything."""
    moves = {
        "crontab": lambda text, a: crontab.move(text, a),
        "django_q2": lambda text, a: django_q2.move(from_dump(text, "django_q"), a),
        "celery_beat": lambda text, a: celery_beat.move(
            from_dump(text, "django_celery_beat"), a
        ),
    }

    def move(source):
        handlers = json.loads((FIXTURES / f"{source}_handlers.json").read_text())
        file = "crontab" if source == "crontab" else f"{source}.json"
        return moves[source]((FIXTURES / file).read_text(), around(handlers))

    return move


@pytest.fixture
def clock():
    with use(SettableClock(MOMENT)) as settable:
        yield settable
