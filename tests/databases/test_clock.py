"""The clock as SQL says the same as the clock as a value, on every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from cronmgmt.clock import DatabaseClock, SettableClock, now, sql_now, use
from cronmgmt.models import Node

pytestmark = [pytest.mark.django_db, pytest.mark.part("4.5")]

SECOND = timedelta(seconds=1)
CLOCKS = {
    "the database's": DatabaseClock(),
    "one that stands": SettableClock(datetime(2026, 10, 25, 0, 59, 59, 7, tzinfo=UTC)),
}


@pytest.fixture(params=CLOCKS)
def any_clock(request):
    with use(CLOCKS[request.param]) as clock:
        yield clock


@pytest.fixture
def node(any_clock):
    return Node.objects.create(
        name="somewhere:1:abc",
        instance="somewhere",
        pid=1,
        started_at=now("default"),
        seen_at=now("default"),
    )


def read(expression):
    return Node.objects.values_list(expression, flat=True).get()


def test_a_row_can_be_asked_what_time_it_is(node):
    before, asked, after = now("default"), read(sql_now()), now("default")

    assert asked.tzinfo is not None
    assert before <= asked <= after


def test_what_was_written_is_not_later_than_what_is_asked_after_it(node):
    for _ in range(20):
        Node.objects.update(seen_at=sql_now())

        assert Node.objects.filter(seen_at__lte=sql_now()).exists()
        assert not Node.objects.filter(seen_at__gt=sql_now()).exists()


@pytest.mark.parametrize("microseconds", [1, 999_999, 1_000_000, 90_061_000_007])
def test_what_is_added_is_kept_to_the_microsecond(node, microseconds):
    plus = timedelta(microseconds=microseconds)

    Node.objects.update(started_at=sql_now(), seen_at=sql_now(plus))

    node.refresh_from_db()
    assert node.seen_at - node.started_at == plus


def test_a_moment_is_the_same_through_python_and_through_the_database(node):
    seen = node.seen_at

    node.refresh_from_db()

    assert node.seen_at == seen
    assert Node.objects.filter(seen_at=seen).exists()


def test_time_passes_inside_a_transaction(db):
    with use(DatabaseClock()), transaction.atomic():
        first = now("default")

        assert any(now("default") > first for _ in range(1_000))


def test_the_database_and_this_machine_agree_on_utc(db):
    with use(DatabaseClock()):
        assert abs(now("default") - datetime.now(UTC)) < 60 * SECOND
