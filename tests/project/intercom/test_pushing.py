"""The API knows every Active and Retired member, and hears of each change once."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from cronmgmt import NonRetryable
from project.intercom.client import ContactRefused
from project.intercom.contacts import PUSHED, contact
from project.intercom.pushing import push_members
from project.intercom.stand_in import StandIn
from project.models import Member, Push, SourceMember
from project.people import member
from tests.project.fakes import FakeRun, Killed

pytestmark = [pytest.mark.part("0.1"), pytest.mark.part("4.4")]

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
COUNT = 25


class Straight:
    """The API without HTTP in between; it dies, or refuses somebody, on demand."""

    def __init__(self):
        self.stand_in = StandIn("t", per_second=10**6)
        self.counts = self.stand_in.counts
        self.sent = 0
        self.dies_before = self.dies_after = self.refuses = None

    def push(self, contact, key):
        self.sent += 1
        if self.sent == self.dies_before:
            raise Killed
        if contact["external_id"] == self.refuses:
            raise ContactRefused("status 422")
        reply = self.stand_in.receive("Bearer t", key, json.dumps(contact))
        assert reply.status == 200
        if self.sent == self.dies_after:
            raise Killed

    def knows(self):
        return self.stand_in.contacts


@pytest.fixture
def api():
    return Straight()


@pytest.fixture
def members(target):
    """The copy, as the members sync leaves it."""
    table = Member.objects.using(target)
    table.bulk_create(as_copied(number) for number in range(1, COUNT + 1))
    return table


def as_copied(number):
    columns = [field.attname for field in SourceMember._meta.concrete_fields]
    values = {column: getattr(member(number), column) for column in columns}
    return Member(**values, digest="", written_at=NOW)


def run_push(members, api, run=None):
    return push_members(run or FakeRun(), api, alias=members.db, size=10)


def wanted(members):
    people = members.filter(status__in=PUSHED, vanished_at=None)
    return {str(person.pk): contact(person) for person in people}


def test_active_and_retired_members_are_pushed_and_no_others(members, api):
    members.filter(pk=1).update(status="Inactive")
    members.filter(pk=2).update(status="Retired")
    members.filter(pk=3).update(status="Active")
    members.filter(pk=4).update(vanished_at=NOW)

    counts = run_push(members, api)

    known = api.knows()
    assert known == wanted(members)
    assert {"1", "4"}.isdisjoint(known) and {"2", "3"} <= set(known)
    assert counts == {"read": len(known), "pushed": len(known), "unchanged": 0}


def test_who_did_not_change_is_not_pushed_again(members, api):
    first = run_push(members, api)
    members.update(updated_at=NOW, written_at=NOW)

    second = run_push(members, api)

    assert second == {"read": first["read"], "pushed": 0, "unchanged": first["read"]}
    assert api.sent == first["pushed"]


def test_only_who_changed_is_pushed(members, api):
    members.update(status="Active")
    run_push(members, api)
    members.filter(pk__in=[3, 17]).update(facility="ZZZ")

    counts = run_push(members, api)

    assert (counts["pushed"], counts["unchanged"]) == (2, COUNT - 2)
    assert api.knows() == wanted(members)


def test_going_back_to_what_was_is_pushed_too(members, api):
    members.update(status="Active", phone="1")
    for phone in ["1", "2", "1", "2"]:
        members.filter(pk=5).update(phone=phone)
        run_push(members, api)

        assert api.knows()["5"]["phone"] == phone

    assert api.counts["effects"] == COUNT + 3
    assert api.counts["duplicates"] == api.counts["replays"] == 0


@pytest.mark.parametrize("moment", ["dies_before", "dies_after"])
def test_a_death_at_any_push_makes_no_duplicate(members, api, moment):
    for number in range(1, COUNT + 1):
        members.update(status="Active", phone=f"202-555-{number:04}")
        api.sent, run = 0, FakeRun()
        setattr(api, moment, number)
        with pytest.raises(Killed):
            run_push(members, api, run)
        setattr(api, moment, None)

        run_push(members, api, FakeRun(run.kept))

        assert api.knows() == wanted(members)
        assert api.counts["effects"] == number * COUNT
    assert api.counts["duplicates"] == 0
    assert api.counts["replays"] == (COUNT if moment == "dies_after" else 0)


def test_a_change_undone_after_an_unrecorded_push_is_undone_there_too(members, api):
    members.update(status="Active", phone="1")
    run_push(members, api)
    members.filter(pk=1).update(phone="2")
    api.dies_after = api.sent + 1
    with pytest.raises(Killed):
        run_push(members, api)
    members.filter(pk=1).update(phone="1")

    run_push(members, api)

    assert api.knows() == wanted(members)


def test_a_contact_that_is_refused_keeps_no_other_waiting(members, api):
    members.update(status="Active")
    api.refuses, run = "7", FakeRun()

    with pytest.raises(NonRetryable, match="refused 1 contacts"):
        run_push(members, api, run)

    assert len(api.knows()) == COUNT - 1
    assert run.lines == ["Member 7 was refused: status 422"]
    assert list(pending(members)) == [7]


def test_a_contact_that_was_refused_is_tried_again_once_it_may_be(members, api):
    members.update(status="Active")
    api.refuses = "7"
    with pytest.raises(NonRetryable):
        run_push(members, api)
    api.refuses = None

    assert run_push(members, api)["pushed"] == 1
    assert api.knows() == wanted(members)
    assert not pending(members)


def pending(members):
    pushes = Push.objects.using(members.db).filter(pushed_at=None)
    return pushes.values_list("pk", flat=True)
