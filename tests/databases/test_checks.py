"""What ``manage.py check`` says about each database, each with what to do."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.core.checks import run_checks
from django.db import connection

from cronmgmt.checks import databases


def found():
    messages = run_checks(databases=["default"])
    return {m.id: f"{m.msg} {m.hint}" for m in messages if "cronmgmt" in m.id}


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@contextmanager
def changed(change, back):
    execute(change)
    try:
        yield
    finally:
        execute(back)


@pytest.mark.django_db
def test_a_database_with_its_usual_settings_is_ready():
    assert found() == {}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="it is about PostgreSQL")
@pytest.mark.django_db
def test_a_database_that_cannot_hold_every_text_is_refused(monkeypatch):
    monkeypatch.setattr(databases, "_ask", lambda connection, sql: [("LATIN1",)])

    assert "LATIN1: not every text fits" in found()["cronmgmt.E007"]


@pytest.mark.skipif(connection.vendor != "mysql", reason="it is about MariaDB")
@pytest.mark.django_db(transaction=True)
class TestMariaDB:
    @pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
    def test_it_must_lock_no_more_than_what_is_changed(self, level):
        level_is = "SET SESSION TRANSACTION ISOLATION LEVEL {}".format

        with changed(level_is(level), level_is("READ COMMITTED")):
            assert '"read committed"' in found()["cronmgmt.W006"]

    @pytest.mark.parametrize("charset", ["latin1", "utf8mb3"])
    def test_it_must_be_spoken_to_in_every_character(self, charset):
        with changed(f"SET NAMES {charset}", "SET NAMES utf8mb4"):
            assert '"charset": "utf8mb4"' in found()["cronmgmt.E008"]

    def test_its_tables_must_hold_every_character(self):
        create = "CREATE TABLE {} (name varchar(5)) CHARACTER SET utf8mb3"

        with (
            changed(create.format("cronmgmt_old"), "DROP TABLE cronmgmt_old"),
            changed(create.format("cronmgmtyes"), "DROP TABLE cronmgmtyes"),
        ):
            assert "utf8mb4: cronmgmt_old." in found()["cronmgmt.E009"]

    def test_its_new_tables_must_hold_every_character(self):
        name = connection.settings_dict["NAME"]
        charset_is = f"ALTER DATABASE {name} CHARACTER SET {{}}".format

        with changed(charset_is("latin1"), charset_is("utf8mb4")):
            assert "character set latin1" in found()["cronmgmt.E010"]
