"""Equal tables have equal checksums, and no others."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from project.people import create_members
from project.sync.checksum import source_checksum, target_checksum
from project.sync.syncing import sync
from tests.project.fakes import FakeRun

NOW = datetime(2026, 3, 1, 7, 15, tzinfo=UTC)


@pytest.fixture
def synced(copy):
    create_members(20, alias=copy.source)
    sync(copy, FakeRun(), NOW)
    return copy


def test_a_checksum_sees_a_column(synced):
    # Its digest still says that nothing changed.
    synced.target_rows().filter(pk=7).update(phone="")

    assert target_checksum(synced) != source_checksum(synced)


def test_a_checksum_sees_a_missing_row(synced):
    synced.target_rows().filter(pk=7).delete()

    assert target_checksum(synced) != source_checksum(synced)


def test_a_checksum_leaves_out_what_vanished(synced):
    synced.source_rows().filter(pk=7).delete()
    synced.target_rows().filter(pk=7).update(vanished_at=NOW)

    assert target_checksum(synced) == source_checksum(synced)
