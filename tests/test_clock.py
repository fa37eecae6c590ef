"""One clock supplies every instant; a test may set it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from cronmgmt import clock
from cronmgmt.clock import DatabaseClock, SettableClock

SECOND = timedelta(seconds=1)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_a_clock_that_is_used_counts_inside_the_block_only():
    before = clock._current

    with clock.use(SettableClock(NOON)) as settable:
        assert clock.now("default") == NOON
        assert clock._current is settable

    assert clock._current is before


def test_it_counts_no_more_when_the_block_fails():
    before = clock._current

    with pytest.raises(RuntimeError), clock.use(SettableClock(NOON)):
        raise RuntimeError

    assert clock._current is before


def test_blocks_may_be_inside_each_other():
    with clock.use(SettableClock(NOON)):
        with clock.use(SettableClock(NOON + SECOND)):
            assert clock.now("default") == NOON + SECOND
        assert clock.now("default") == NOON


def test_a_settable_clock_stands_until_it_is_moved():
    settable = SettableClock(NOON)

    assert settable.now("default") == settable.now("default") == NOON
    assert settable.move(90 * SECOND) == NOON + 90 * SECOND
    assert settable.move(-SECOND) == settable.now("default") == NOON + 89 * SECOND


@pytest.mark.part("4.5")
def test_whatever_zone_it_is_set_in_it_shows_utc():
    settable = SettableClock(
        datetime(2026, 6, 1, 14, tzinfo=timezone(2 * 3600 * SECOND))
    )

    assert settable.now("default") == NOON
    assert settable.now("default").tzinfo is UTC


def test_short_spans_are_added_without_asking_again():
    with clock.use(DatabaseClock()):
        assert clock.after(NOON, 1.5) == NOON + 1.5 * SECOND


def test_a_clock_that_stands_stands_for_them_too():
    with clock.use(SettableClock(NOON)):
        assert clock.after(NOON, 1.5) == NOON


@pytest.mark.part("4.5")
@pytest.mark.django_db
def test_the_databases_clock_shows_utc():
    shown = DatabaseClock().now("default")

    assert shown.tzinfo is UTC
    assert abs(shown - datetime.now(UTC)) < 60 * SECOND
