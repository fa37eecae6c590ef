"""The indexes that each database wants otherwise come with the tables, and go again."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)

QUEUE = {
    "sqlite": ["queue", "priority", "available_at", "id"],
    "postgresql": ["queue", "priority", "available_at", "id"],
    "mysql": ["status", "queue", "priority", "available_at", "id"],
}


def indexes():
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "cronmgmt_jobrun")
    return {name: one["columns"] for name, one in found.items() if one["index"]}


def migrate(*to):
    call_command("migrate", "cronmgmt", *to, verbosity=0)


def test_the_queue_has_its_index():
    found = indexes()

    assert found["cronmgmt_run_queue"] == QUEUE[connection.vendor]
    assert found["cronmgmt_run_lease"] == ["lease_expires_at"]


def test_they_can_be_taken_back_and_made_again():
    before = indexes()

    migrate("0001")
    try:
        assert not indexes().keys() & {"cronmgmt_run_queue", "cronmgmt_run_lease"}
    finally:
        migrate()

    assert indexes() == before
