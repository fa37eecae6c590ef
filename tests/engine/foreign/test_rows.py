"""Dumps are read as dumps, or refused."""

from __future__ import annotations

import pytest

from cronmgmt.engine.foreign.rows import from_dump, from_tables
from cronmgmt.errors import Refused


def test_rows_are_grouped_and_others_left_alone():
    dump = (
        '[{"model": "app.Task", "pk": 7, "fields": {"a": 1}},'
        ' {"model": "apple.task", "pk": 1, "fields": {}}]'
    )

    assert from_dump(dump, "app") == {"task": {"7": {"a": 1}}}


@pytest.mark.parametrize(
    "text", ["", "{", "{}", "5", "[5]", '[{"model": 5, "fields": {}}]', "[" * 100_000]
)
def test_what_is_no_dump_is_refused(text):
    with pytest.raises(Refused, match="no JSON|no dump"):
        from_dump(text, "app")


def test_an_app_that_is_not_here_has_no_tables():
    with pytest.raises(Refused, match="dumpdata django_celery_beat"):
        from_tables("django_celery_beat")
