"""The path of a function that code registered is believed only with its signature."""

from __future__ import annotations

import pytest

from cronmgmt.models import ImportedHandler


@pytest.fixture
def row():
    row = ImportedHandler(name="app.sync", path="app:sync")
    row.sign()
    return row


def test_a_signed_row_is_genuine(row):
    assert row.is_genuine


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("path", "os:abort"),
        ("name", "app.other"),
        ("signature", ""),
        ("signature", ":"),
    ],
)
def test_a_row_that_was_changed_is_not(row, column, value):
    setattr(row, column, value)

    assert not row.is_genuine


def test_another_site_signs_otherwise(row, settings):
    settings.SECRET_KEY = "another"

    assert not row.is_genuine


def test_a_new_secret_key_keeps_what_the_old_one_signed(row, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "renewed"

    assert row.is_genuine
