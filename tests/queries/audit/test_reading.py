"""A handler's code is read for what it mentions; what it does not is left to people."""

from __future__ import annotations

import pytest
from django.db import transaction

from cronmgmt import NonRetryable, registry
from cronmgmt.queries.audit.reading import mentioned


def nothing(run):
    """Do nothing."""


def plain(run, rows=()):
    """Show all that may be shown."""
    for row in rows.iterator():
        with transaction.atomic():
            if run.once(row.pk):
                row.update_or_create()
    run.progress(1)
    run.checkpoint(2)
    raise NonRetryable("enough")


class Writer:
    """Something made at the top of a module."""

    def write(self, table):
        """Say it in SQL."""
        return f"INSERT INTO {table} VALUES (1) ON CONFLICT DO NOTHING"


WRITER = Writer()


def by_others(run, rows=()):
    """Leave the work to others."""
    WRITER.write("t")
    return [plain(run, row) for row in rows]


def quoting(rows):
    """Name a keyword."""
    return rows.bulk_create([], update_conflicts=True)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (plain, {"once", "atomic", "progress", "iterator", "NonRetryable"}),
        (by_others, {"once", "atomic", "upsert"}),
        (quoting, {"update_conflicts"}),
    ],
)
def test_what_the_code_says_is_found(function, words):
    assert words <= mentioned(function).keys()


def test_what_it_does_not_say_is_not_found():
    assert mentioned(nothing) == {}


def test_it_is_said_where_the_nearest_stands():
    found = mentioned(by_others)

    assert found["upsert"] == f"{__name__}.Writer.write"
    assert found["once"] == f"{__name__}.plain"
    assert found["write"] == f"{__name__}.by_others"


def far(run):
    """Call what calls what calls."""
    return further(run)


def further(run):
    """Go on."""
    return by_others(run)


def test_what_is_too_far_away_is_no_evidence():
    assert "once" in mentioned(further) and "once" in mentioned(far)
    assert "once" not in mentioned(farthest)


def farthest(run):
    """Call what is a call too far away."""
    return far(run)


@pytest.mark.parametrize("name", ["cronmgmt:http", "cronmgmt:command"])
def test_what_this_package_calls_says_nothing_of_a_job(name):
    words = mentioned(registry.find(name).function).keys()

    assert words.isdisjoint({"once", "atomic", "checkpoint", "update_or_create"})


@pytest.mark.part("4.13")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "box", ["3.4.2", "3.4.3", "3.4.4", "3.4.6", "3.5.4", "3.5.7", "3.6.4"]
)
def test_a_box_is_ticked_by_what_the_code_says(make_job, told, a_handler, box):
    make_job("silent", handler="t:nothing", max_attempts=2)
    make_job("telling", handler=a_handler(plain), max_attempts=2)
    make_job("elsewhere", handler="t:unknown-here", max_attempts=2)

    answer = told(box, "telling")

    assert answer.verdict == "pass" and answer.sentence.startswith("Its code says ")
    for name in ("silent", "elsewhere"):
        assert told(box, name).verdict in ("person", "fail")
