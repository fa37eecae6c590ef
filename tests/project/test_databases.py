"""A URL, or nothing, becomes one of Django's databases."""

from __future__ import annotations

from pathlib import Path

from project.databases import SQLITE, SQLITE_OPTIONS, database


def test_without_a_url_it_is_a_file():
    found = database("", Path("/srv/a b%20c#/demo.sqlite3"))

    assert found["ENGINE"] == SQLITE
    assert found["NAME"] == "/srv/a b%20c#/demo.sqlite3"
    assert found["OPTIONS"] == SQLITE_OPTIONS


def test_sqlite_by_url_has_the_same_options():
    found = database("sqlite:////srv/demo.sqlite3", Path("other"))

    assert found["NAME"] == "/srv/demo.sqlite3"
    assert found["OPTIONS"] == SQLITE_OPTIONS


def test_a_server_is_named_by_its_url():
    found = database("postgresql://ann:s%3Ecret@db.example:5433/platform", Path("x"))

    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["USER"], found["PASSWORD"]) == ("ann", "s>cret")
    assert (found["HOST"], found["PORT"], found["NAME"]) == (
        "db.example",
        5433,
        "platform",
    )
    assert "OPTIONS" not in found
