"""Statements that PostgreSQL plans once a connection."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from cronmgmt.engine.prepared import Statement, execute

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="PostgreSQL's own statements"
    ),
]

in_a_session = pytest.mark.skipif(
    connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS", False),
    reason="nothing is prepared behind a pooler",
)

TYPES = {"one": "int", "word": "text"}


@pytest.fixture
def statement():
    return Statement("tests", "SELECT {word} || {one}, {one} + 1", TYPES)


def names():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        return [name for (name,) in cursor.fetchall()]


def test_a_value_may_stand_in_several_places(statement):
    assert execute(connection, statement, {"one": 1, "word": "a'%s"}) == ("a'%s1", 2)


@pytest.mark.parametrize(
    ("sql", "types"),
    [
        ("SELECT {one}, {word}", TYPES),
        ("SELECT {word} || {one}, {one} + 1", {**TYPES, "one": "bigint"}),
    ],
)
def test_no_two_statements_have_one_name(statement, sql, types):
    """Behind an undeclared pooler one process finds what another has prepared."""
    assert Statement("tests", sql, types).name != statement.name


def test_a_statement_has_the_same_name_in_every_process(statement):
    again = Statement("tests", "SELECT {word} || {one}, {one} + 1", TYPES)

    assert again.name == statement.name
    assert len(statement.name) < 64  # PostgreSQL cuts longer ones off.


@in_a_session
def test_it_is_prepared_once_a_connection(statement):
    for number in range(3):
        assert execute(connection, statement, {"one": number, "word": ""})[1]

    assert names().count(statement.name) == 1

    connection.close()
    assert execute(connection, statement, {"one": 3, "word": ""}) == ("3", 4)
    assert names() == [statement.name]


def test_one_that_was_thrown_away_is_executed_all_the_same(statement):
    execute(connection, statement, {"one": 1, "word": ""})
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    assert execute(connection, statement, {"one": 1, "word": ""}) == ("1", 2)
    assert execute(connection, statement, {"one": 1, "word": ""}) == ("1", 2)
    assert names() == []


def test_one_that_another_client_of_a_pooler_prepared_is_no_obstacle(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement.preparing)

    assert execute(connection, statement, {"one": 1, "word": ""}) == ("1", 2)
    assert execute(connection, statement, {"one": 2, "word": ""}) == ("2", 3)


@in_a_session
def test_inside_a_transaction_that_is_for_the_caller_to_repeat(statement):
    execute(connection, statement, {"one": 1, "word": ""})
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    with pytest.raises(DatabaseError), transaction.atomic():
        execute(connection, statement, {"one": 1, "word": ""})

    assert execute(connection, statement, {"one": 1, "word": ""}) == ("1", 2)


def test_behind_a_pooler_nothing_is_prepared(statement, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)

    assert execute(connection, statement, {"one": 1, "word": "%"}) == ("%1", 2)
    assert names() == []


def test_an_error_of_the_statement_itself_is_the_callers(statement):
    with pytest.raises(DatabaseError):
        execute(connection, statement, {"one": "x", "word": ""})

    assert execute(connection, statement, {"one": 1, "word": ""}) == ("1", 2)
