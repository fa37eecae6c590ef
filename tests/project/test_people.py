"""Made-up members are always the same, and change only as they are told."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest

from project.models import SourceMember
from project.people import change_members, create_members, member
from project.places import PLACES

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
Status = SourceMember.Status


def values(person):
    return [getattr(person, field.attname) for field in person._meta.concrete_fields]


def test_a_number_is_always_the_same_person():
    assert values(member(4711)) == values(member(4711))
    assert values(member(4711))[1:] != values(member(4712))[1:]


def test_people_are_as_a_membership_has_them():
    people = [member(number) for number in range(1, 2001)]

    shares = Counter(person.status for person in people)
    assert {(person.facility, person.region) for person in people} == set(PLACES)
    assert len({person.email for person in people}) == 2000
    assert shares[Status.ACTIVE] > shares[Status.RETIRED] > shares[Status.INACTIVE] > 0
    for person in people:
        person.clean_fields()
        assert (person.retired_on is not None) == (person.status == Status.RETIRED)
        assert person.retired_on is None or person.retired_on >= person.joined_on


@pytest.mark.parametrize("copy", ["sqlite"], indirect=True)
def test_changes_keep_the_size_and_let_people_come_back(copy):
    create_members(100, alias=copy.source)
    table = copy.source_rows()
    seen = []

    for seed in range(10):
        before = set(table.values_list("pk", flat=True))
        counts = change_members(Random(seed), NOW, alias=copy.source)
        seen.append(set(table.values_list("pk", flat=True)) - before)
        assert counts == {"moved": 12, "left": 4, "came": 4}
        assert table.count() == 100

    came = set().union(*seen)
    assert min(came) <= 100 < max(came)
    assert table.filter(updated_at=NOW).count() > 20


@pytest.mark.parametrize("copy", ["sqlite"], indirect=True)
def test_an_empty_table_can_change_too(copy):
    assert change_members(Random(1), NOW, alias=copy.source) == {
        "moved": 0,
        "left": 0,
        "came": 0,
    }
