"""The copy becomes equal to the source, however often and from wherever it starts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from cronmgmt import NonRetryable
from project.models import Member, SourceMember
from project.people import change_members, create_members, member
from project.sync.checksum import source_checksum, target_checksum
from project.sync.syncing import sync
from tests.project.fakes import FakeRun, Killed

NOW = datetime(2026, 3, 1, 7, 15, tzinfo=UTC)
DAY = timedelta(days=1)
COUNT = 130
SIZE = 25


@pytest.fixture
def source(copy):
    create_members(COUNT, alias=copy.source)
    return copy.source_rows()


def run_sync(copy, run=None, now=NOW, size=SIZE):
    return sync(copy, run or FakeRun(), now, size=size)


def vanished(copy):
    rows = copy.target_rows().exclude(vanished_at=None)
    return list(rows.values_list("pk", flat=True))


def test_the_first_sync_copies_everybody(copy, source):
    counts = run_sync(copy)

    assert counts == {"read": COUNT, "written": COUNT, "vanished": 0, "unchanged": 0}
    assert target_checksum(copy) == source_checksum(copy)


def test_a_second_sync_writes_nothing(copy, source):
    run_sync(copy)

    counts = run_sync(copy, now=NOW + DAY)

    assert counts == {"read": COUNT, "written": 0, "vanished": 0, "unchanged": COUNT}
    assert not copy.target_rows().filter(written_at__gt=NOW).exists()


def test_only_what_changed_is_written(copy, source):
    run_sync(copy)
    source.filter(pk__in=[3, 77]).update(facility="ZZZ")

    counts = run_sync(copy, now=NOW + DAY)

    written = copy.target_rows().filter(written_at=NOW + DAY)
    assert counts["written"] == 2
    assert [(row.pk, row.facility) for row in written] == [(3, "ZZZ"), (77, "ZZZ")]
    assert target_checksum(copy) == source_checksum(copy)


@pytest.mark.parametrize("gone", [[1], [COUNT], [25, 26], list(range(30, 90))])
def test_who_is_gone_is_marked_and_kept(copy, source, gone):
    run_sync(copy)
    source.filter(pk__in=gone).delete()

    counts = run_sync(copy, now=NOW + DAY)

    assert counts["vanished"] == len(gone)
    assert vanished(copy) == gone
    assert copy.target_rows().count() == COUNT
    assert target_checksum(copy) == source_checksum(copy)


def test_who_is_gone_is_marked_once(copy, source):
    run_sync(copy)
    source.filter(pk=5).delete()
    run_sync(copy)

    counts = run_sync(copy, now=NOW + DAY)

    assert counts["vanished"] == counts["written"] == 0
    assert copy.target_rows().get(pk=5).vanished_at == NOW


def test_who_comes_back_is_unmarked(copy, source):
    run_sync(copy)
    source.filter(pk=5).delete()
    run_sync(copy)
    SourceMember.objects.using(copy.source).bulk_create([member(5)])

    counts = run_sync(copy)

    assert counts["written"] == 1
    assert vanished(copy) == []
    assert target_checksum(copy) == source_checksum(copy)


def test_an_empty_source_changes_nothing(copy, source):
    run_sync(copy)
    source.all().delete()

    with pytest.raises(NonRetryable, match="source is empty"):
        run_sync(copy)

    assert vanished(copy) == []


def test_two_empty_tables_are_equal(copy):
    counts = run_sync(copy)

    assert counts == {"read": 0, "written": 0, "vanished": 0, "unchanged": 0}


def test_progress_is_counted_in_members(copy, source):
    run = FakeRun()

    run_sync(copy, run)

    done = [done for done, total in run.reported]
    assert done == sorted(done)
    assert run.reported[-1] == (COUNT, COUNT)


def test_a_stretch_is_bounded_on_both_sides(copy, source):
    run_sync(copy)
    source.exclude(pk=COUNT).delete()

    stretch = copy.stretch(None, SIZE)

    assert len(stretch.copy) == SIZE
    assert stretch.until == SIZE
    assert stretch.source == {}


def test_a_stretch_is_written_as_a_whole_or_not_at_all(copy, source, monkeypatch):
    run_sync(copy)
    source.filter(pk=1).update(facility="ZZZ")
    source.filter(pk=2).delete()
    monkeypatch.setattr("django.db.models.query.QuerySet.update", kill)

    with pytest.raises(Killed):
        run_sync(copy)

    assert copy.target_rows().get(pk=1).facility != "ZZZ"


def kill(*args, **kwargs):
    raise Killed


def test_a_later_attempt_goes_on_and_counts_for_both(copy, source):
    first = FakeRun(dies_after=3)
    with pytest.raises(Killed):
        run_sync(copy, first)
    second = FakeRun(first.kept)

    counts = run_sync(copy, second)

    assert second.reported[0] == (4 * SIZE, COUNT)
    assert counts == {"read": COUNT, "written": COUNT, "vanished": 0, "unchanged": 0}


@pytest.mark.parametrize("moment", ["dies_before", "dies_after"])
def test_a_death_at_any_checkpoint_does_no_harm(copy, source, moment):
    for number in range(1, COUNT // SIZE):
        change_members(Random(number), NOW, alias=copy.source)
        run = FakeRun(**{moment: number})
        with pytest.raises(Killed):
            run_sync(copy, run)

        run_sync(copy, FakeRun(run.kept))

        assert target_checksum(copy) == source_checksum(copy)
        assert run_sync(copy)["written"] == 0


def test_a_lost_checkpoint_does_no_harm(copy, source):
    with pytest.raises(Killed):
        run_sync(copy, FakeRun(dies_after=3))

    counts = run_sync(copy)

    assert counts["unchanged"] == 3 * SIZE
    assert target_checksum(copy) == source_checksum(copy)


@pytest.mark.parametrize("seed", range(8))
def test_any_two_tables_become_equal(copy, seed):
    random = Random(seed)
    here, there = (random.sample(range(1, 60), random.randint(1, 40)) for _ in "12")
    SourceMember.objects.using(copy.source).bulk_create(map(member, here))
    Member.objects.using(copy.target).bulk_create(map(outdated, there))

    counts = run_sync(copy, size=random.randint(1, 12))

    gone = sorted(set(there).difference(here))
    assert vanished(copy) == gone
    assert counts["vanished"] == len(gone)
    assert counts["read"] == counts["written"] == len(here)
    assert target_checksum(copy) == source_checksum(copy)


def outdated(number):
    values = {
        field.attname: getattr(member(number), field.attname)
        for field in SourceMember._meta.concrete_fields
    }
    return Member(**values, digest="of yesterday", written_at=NOW - DAY)
