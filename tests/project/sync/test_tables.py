"""Each table that is copied, from the source's kind of database to the copy's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from project.organisation import create_facilities, create_positions, create_regions
from project.people import create_members
from project.sync.checksum import source_checksum, target_checksum
from project.sync.syncing import sync, sync_all
from project.sync.tables import TABLES
from tests.project.fakes import FakeRun, Killed

pytestmark = pytest.mark.part("0.1")

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=7)
SIZE = 4
FILL = {
    "regions": create_regions,
    "facilities": create_facilities,
    "members": partial(create_members, 60),
    "positions": partial(create_positions, 60),
}


@pytest.fixture(params=TABLES)
def copy(request, copies):
    """One of the tables; its source has rows."""
    copy = copies[request.param]
    FILL[request.param](alias=copy.source)
    return copy


def test_every_row_arrives_and_then_nothing_is_written(copy):
    first = sync(copy, FakeRun(), NOW, size=SIZE)
    second = sync(copy, FakeRun(), LATER, size=SIZE)

    assert first["read"] == first["written"] == copy.source_rows().count() > 0
    assert (second["read"], second["written"]) == (first["read"], 0)
    assert target_checksum(copy) == source_checksum(copy)
    assert not copy.target_rows().filter(written_at=LATER).exists()


def test_a_change_is_followed_and_who_is_gone_is_marked(copy):
    sync(copy, FakeRun(), NOW, size=SIZE)
    copy.source_rows().filter(pk=3).update(updated_at=LATER)
    copy.source_rows().filter(pk=5).delete()

    counts = sync(copy, FakeRun(), LATER, size=SIZE)

    assert (counts["written"], counts["vanished"]) == (1, 1)
    assert copy.target_rows().get(pk=3).updated_at == LATER
    assert copy.target_rows().get(pk=5).vanished_at == LATER
    assert target_checksum(copy) == source_checksum(copy)


def fill(copies, *names):
    for name in names:
        FILL[name](alias=copies[name].source)
    return {name: copies[name] for name in names}


def test_one_run_syncs_two_tables(copies):
    both = fill(copies, "regions", "facilities")
    run = FakeRun()

    counts = sync_all(both, run, NOW, size=SIZE)

    read = {name: count["read"] for name, count in counts.items()}
    assert read == {name: copy.source_rows().count() for name, copy in both.items()}
    assert max(run.reported) == (sum(read.values()), None)


def test_a_death_in_the_second_table_leaves_the_first_alone(copies):
    both = fill(copies, "regions", "facilities")
    dead = FakeRun(dies_after=6)
    with pytest.raises(Killed):
        sync_all(both, dead, NOW, size=SIZE)

    counts = sync_all(both, FakeRun(dead.kept), LATER, size=SIZE)

    facilities = both["facilities"].target_rows()
    assert counts["facilities"]["written"] == facilities.count()
    assert facilities.filter(written_at=NOW).count() == 4 * SIZE
    for copy in both.values():
        assert target_checksum(copy) == source_checksum(copy)
