"""One run, or many, written in as few statements as there can be."""

from __future__ import annotations

import uuid

import pytest
from django.db import DataError, connection, transaction

from cronmgmt.engine import bulk
from cronmgmt.engine.bulk import PREPARED_AFTER, insert_many
from cronmgmt.models import JobRun
from cronmgmt.models.inserting import NOW

SHARED = {
    "job_name": "work",
    "handler": "t:nothing",
    "origin": "enqueue",
    "status": "queued",
    "created_at": NOW,
    "available_at": NOW,
}

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="PostgreSQL's own statements"
)
in_a_session = pytest.mark.skipif(
    connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS", False),
    reason="nothing is prepared behind a pooler",
)


def row(**columns):
    return {"execution_id": uuid.uuid4().hex, "params": {"a": "%s"}, **columns}


def prepared():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        return cursor.fetchone()[0]


@pytest.fixture
def fresh():
    """A connection that has executed nothing yet."""
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_one_by_one_or_at_once_they_are_the_same(fresh):
    for _ in range(PREPARED_AFTER + 2):
        insert_many(SHARED, [row()])
    insert_many(SHARED, [row(), row()])

    ignored = ("id", "execution_id", "created_at", "available_at")
    columns = [f.name for f in JobRun._meta.concrete_fields if f.name not in ignored]
    written = [str(values) for values in JobRun.objects.values_list(*columns)]
    assert len(written) == PREPARED_AFTER + 4
    assert len(set(written)) == 1


@on_postgresql
@in_a_session
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_writes_several_prepares_that_once(fresh):
    for _ in range(PREPARED_AFTER):
        insert_many(SHARED, [row()])
    assert prepared() == 0

    for _ in range(3):
        insert_many(SHARED, [row()])
    assert prepared() == 1


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_nothing_is_prepared_inside_the_callers_transaction(fresh):
    with transaction.atomic():
        for _ in range(2 * PREPARED_AFTER):
            insert_many(SHARED, [row()])
        assert prepared() == 0

    assert JobRun.objects.count() == 2 * PREPARED_AFTER


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite knows no lengths")
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_what_is_too_long_is_refused_and_not_cut(count, monkeypatch):
    monkeypatch.setattr(bulk, "PREPARED_AFTER", 1)
    longest = JobRun._meta.get_field("queue").max_length
    insert_many({**SHARED, "queue": "q" * longest}, [row()])

    for _ in range(3):
        with pytest.raises(DataError):
            insert_many({**SHARED, "queue": "q" * (longest + 1)}, [row()] * count)

    assert JobRun.objects.count() == 1
